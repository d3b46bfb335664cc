import { describe, expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { METRIC_NAMES, rowOf, type MetricName } from '../src/telemetry/metrics/metric-table.js';
import { readScrape, type Scrape } from './scrape.js';
import { GENEROUS } from './settings.js';

/** Enough signals that each path is timed at least once: a sample is one in 64. */
const SIGNALS = 130;

const cluster = useCluster(2, { env: { ...GENEROUS, WR_REGION: 'eu', WR_POD: 'gateway-7d9f' } });

const scrape = async (at = 0) => readScrape(await cluster.gateway(at).metrics());

/** The name in the table for the name of a sample. */
function ownerOf(sample: string): MetricName | undefined {
  const names = [sample, sample.replace(/_(bucket|sum|count)$/, '')];
  return METRIC_NAMES.find((name) => names.includes(name));
}

/** The type in Prometheus, which has no type for an info metric. */
function typeOf(name: MetricName): string {
  const { type } = rowOf(name);
  return type === 'info' ? 'gauge' : type;
}

/** The increase of a metric between the two scrapes. */
function growth(before: Scrape, after: Scrape) {
  return (name: string, labels?: Readonly<Record<string, string>>) =>
    after.sum(name, labels) - before.sum(name, labels);
}

describe('The metrics of a gateway in use', () => {
  it('contain every metric of the table with its type, and no other metric', async () => {
    const [alice, bob] = await cluster.pair(1);
    await cluster.call(alice, bob);
    const seen = await eventually('the first probe is back and the database was asked', async () => {
      const now = await scrape();
      return now.types.size > 0 && now.sum('wr_bus_probe_seconds') > 0 && now.sum('wr_database_up') === 1 && now;
    });
    expect([...seen.types.keys()].sort()).toEqual([...METRIC_NAMES].sort());
    for (const name of METRIC_NAMES) expect([name, seen.types.get(name)]).toEqual([name, typeOf(name)]);
    const shown = new Set(seen.samples.map(({ name }) => ownerOf(name)));
    expect(METRIC_NAMES.filter((name) => !shown.has(name))).toEqual([]);
  });

  it('have only labels and label values of the table', async () => {
    const [alice, bob] = await cluster.pair(1);
    await cluster.call(alice, bob);
    const { samples } = await scrape();
    for (const { name, labels } of samples) {
      const owner = ownerOf(name);
      if (owner === undefined) throw new Error(`${name} is not in the table.`);
      const row = rowOf(owner);
      if (row.type === 'info') {
        expect(Object.keys(labels)).toEqual(row.labels);
        continue;
      }
      const label = 'label' in row ? row.label : undefined;
      const others = Object.entries(labels).filter(([key]) => !(key === 'le' && name.endsWith('_bucket')));
      expect(others.length).toBe(label === undefined ? 0 : 1);
      for (const [key, value] of others) {
        expect(key).toBe(label?.name);
        expect(label?.values.map(String)).toContain(value);
      }
    }
  });
});

it('A scrape maps the node id of a gateway to its region, pod and version', async () => {
  const { node, version } = (await (await fetch(`http://127.0.0.1:${cluster.gateway(0).adminPort}/readyz`)).json()) as {
    readonly node: string;
    readonly version: string;
  };
  const { samples } = await scrape();
  expect(samples.filter(({ name }) => name === 'wr_build_info')).toEqual([
    {
      name: 'wr_build_info',
      labels: { version, nodejs: process.versions.node, region: 'eu', node, pod: 'gateway-7d9f' },
      value: 1,
    },
  ]);
});

describe.each([
  ['one gateway', 0, 'same_node'],
  ['two gateways', 1, 'across'],
] as const)('A call within %s', (_, far, path) => {
  it('is counted', async () => {
    const before = await scrape();
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    expect((await scrape()).sum('wr_calls')).toBe(far === 0 ? 2 : 1);
    for (let sent = 0; sent < SIGNALS; sent += 1) await alice.ask('signal', { call_id, signal: { n: sent } });
    await alice.ask('hangup', { call_id });
    await bob.next('hangup');
    const grown = growth(before, await scrape());
    const here = far === 0 ? 2 : 1;
    expect(grown('wr_events_total', { event: 'signal' })).toBe(SIGNALS);
    expect(grown('wr_registers_total', { verdict: 'accepted' })).toBe(here);
    expect(grown('wr_register_seconds_count')).toBe(here);
    expect(grown('wr_calls_ended_total', { reason: 'hangup' })).toBe(1);
    expect(grown('wr_signal_handover_seconds_count', { path })).toBeGreaterThanOrEqual(2);
    expect(grown('wr_redis_call_seconds_count', { operation: 'claim' })).toBe(here);
    expect(grown('wr_redis_errors_total')).toBe(0);
    expect(grown('wr_database_query_seconds_count', { query: 'activate' })).toBe(here);
    if (far === 0) return;
    expect(grown('wr_node_requests_total', { outcome: 'answered' })).toBeGreaterThanOrEqual(SIGNALS + 2);
    expect(grown('wr_bus_lag_seconds_count')).toBeGreaterThanOrEqual(1);
  });
});

describe('Each close and each refusal', () => {
  it('is counted by its code', async () => {
    const before = await eventually('those of other tests have left', async () => {
      const now = await scrape();
      return now.sum('wr_connections') === 0 && now;
    });
    const alice = await cluster.peer('alice', { contacts: ['another-peer'] });
    const bob = await cluster.peer('bob', { contacts: [alice.peer_id] });
    const newer = await cluster.connectAs(alice.identity);
    await newer.join();
    await alice.closed();
    await newer.close();
    await bob.next('presence');
    const refused = await cluster.connect('refused');
    await refused.ask('register', { ...refused.identity, license_key: 'WR1-00000-00000-00000-00000-00000-00000' });
    await refused.closed();
    bob.sendRaw(Buffer.alloc(70_000));
    await bob.closed();
    const grown = await eventually('all of them have ended', async () => {
      const now = growth(before, await scrape());
      return now('wr_closes_total') >= 4 && now('wr_presence_changes_total', { status: 'OFFLINE' }) >= 1 && now;
    });
    for (const code of ['4503', '4501', '1009', 'client']) expect(grown('wr_closes_total', { code })).toBe(1);
    expect(grown('wr_registers_total', { verdict: 'license_invalid' })).toBe(1);
    expect(grown('wr_presence_changes_total', { status: 'OFFLINE' })).toBe(1);
  });
});
