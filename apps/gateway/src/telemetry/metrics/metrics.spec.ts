import { describe, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { Metrics } from './metrics.js';
import { FastCounter } from './fast-counter.js';
import { FastHistogram } from './fast-histogram.js';

const DESCRIBED = { meaning: 'A test', normal: '0' };

/** The samples of one metric, as a scrape shows them. */
async function samples(registry: Registry, name: string): Promise<string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(name));
}

describe('FastCounter', () => {
  it('shows each value from the start with its count, and the same at the next scrape', async () => {
    const registry = new Registry();
    const label = { name: 'kind', values: ['a', 4000] as const };
    const tally = new FastCounter<'a' | 4000>(registry, 'wr_test_total', { type: 'counter', label, ...DESCRIBED });
    expect(await samples(registry, 'wr_test')).toEqual(['wr_test_total{kind="a"} 0', 'wr_test_total{kind="4000"} 0']);
    for (const value of ['a', 'a', 4000] as const) tally.count(value);
    const shown = ['wr_test_total{kind="a"} 2', 'wr_test_total{kind="4000"} 1'];
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    tally.add(3, 'a');
    expect(await samples(registry, 'wr_test')).toContain('wr_test_total{kind="a"} 5');
    expect([tally.of('a'), tally.total]).toEqual([5, 6]);
  });

  it('has one series without a label', async () => {
    const registry = new Registry();
    const tally = new FastCounter(registry, 'wr_test_total', { type: 'counter', ...DESCRIBED });
    tally.count();
    tally.add(2);
    expect(await samples(registry, 'wr_test')).toEqual(['wr_test_total 3']);
  });
});

describe('FastHistogram', () => {
  const buckets = [0.01, 0.1];

  it('shows cumulative counts of durations in seconds, and their sum', async () => {
    const registry = new Registry();
    const label = { name: 'path', values: ['near', 'far'] as const };
    const row = { type: 'histogram', buckets, label, ...DESCRIBED } as const;
    const timings = new FastHistogram<'near' | 'far'>(registry, 'wr_test_seconds', row);
    for (const ms of [1, 10, 50, 5_000]) timings.note(ms, 'near');
    const shown = [
      'wr_test_seconds_bucket{path="near",le="0.01"} 2',
      'wr_test_seconds_bucket{path="near",le="0.1"} 3',
      'wr_test_seconds_bucket{path="near",le="+Inf"} 4',
      'wr_test_seconds_sum{path="near"} 5.061',
      'wr_test_seconds_count{path="near"} 4',
      'wr_test_seconds_bucket{path="far",le="0.01"} 0',
      'wr_test_seconds_bucket{path="far",le="0.1"} 0',
      'wr_test_seconds_bucket{path="far",le="+Inf"} 0',
      'wr_test_seconds_sum{path="far"} 0',
      'wr_test_seconds_count{path="far"} 0',
    ];
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    expect(await samples(registry, 'wr_test')).toEqual(shown);
    expect(await registry.metrics()).toContain('# TYPE wr_test_seconds histogram');
  });

  it('has one set of series without a label', async () => {
    const registry = new Registry();
    const timings = new FastHistogram(registry, 'wr_test_seconds', { type: 'histogram', buckets, ...DESCRIBED });
    timings.note(20);
    expect(await samples(registry, 'wr_test_seconds_bucket')).toEqual([
      'wr_test_seconds_bucket{le="0.01"} 0',
      'wr_test_seconds_bucket{le="0.1"} 1',
      'wr_test_seconds_bucket{le="+Inf"} 1',
    ]);
  });
});

describe('A gauge', () => {
  it('shows its value at the scrape, and no series without a value', async () => {
    const metrics = new Metrics();
    let value: number | undefined = 5;
    metrics.gauge('wr_sessions', () => value);
    expect(await samples(metrics.registry, 'wr_sessions ')).toEqual(['wr_sessions 5']);
    value = undefined;
    expect(await samples(metrics.registry, 'wr_sessions ')).toEqual([]);
    value = 6;
    expect(await samples(metrics.registry, 'wr_sessions ')).toEqual(['wr_sessions 6']);
  });
});

describe('The build info', () => {
  it('is one series of value 1 whose labels name version, region, node and pod', async () => {
    const metrics = new Metrics();
    metrics.info('wr_build_info', { version: '1.2.3', nodejs: '24.0.0', region: 'eu', node: 'n1', pod: 'gw-1' });
    const shown = ['wr_build_info{version="1.2.3",nodejs="24.0.0",region="eu",node="n1",pod="gw-1"} 1'];
    expect(await samples(metrics.registry, 'wr_build_info')).toEqual(shown);
    expect(await samples(metrics.registry, 'wr_build_info')).toEqual(shown);
  });
});

describe('A counter that is kept elsewhere', () => {
  it('is shown unchanged, by label if it has one', async () => {
    const metrics = new Metrics();
    const ignored = { malformed: 1, version: 2, oversized: 3, repeated: 4, message: 5 };
    metrics.counter('wr_bus_ignored_total', () => ignored);
    metrics.counter('process_cpu_seconds_total', () => 1.5);
    await samples(metrics.registry, 'wr_');
    expect(await samples(metrics.registry, 'wr_bus_ignored_total{reason="message"}')).toEqual([
      'wr_bus_ignored_total{reason="message"} 5',
    ]);
    expect(await samples(metrics.registry, 'process_cpu')).toEqual(['process_cpu_seconds_total 1.5']);
  });
});
