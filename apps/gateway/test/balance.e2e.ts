import { describe, expect, it } from '@jest/globals';
import { eventually, type GatewayProcess, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { BUSY_MS, GENEROUS } from './settings.js';
import { plainRequest, upgrade } from './upgrade-request.js';

const AGE_MS = 15_000;
/** The interval of the age check, with a margin for a busy machine. Ms. */
const SLACK_MS = 1_500 + BUSY_MS;

const cluster = useCluster(1, { env: GENEROUS });

/** Starts a gateway for one test. Resolves with its number. */
async function gatewayWith(env: Record<string, string>): Promise<number> {
  await cluster.add(env);
  return cluster.gateways.length - 1;
}

/** The lifetime of a new connection and the code of its close. */
async function lifetime(at: number): Promise<{ readonly code: number; readonly ms: number }> {
  const peer = await cluster.connect('peer', { at });
  const began = performance.now();
  await peer.join();
  const { code } = await peer.closed(2 * AGE_MS);
  return { code, ms: performance.now() - began };
}

describe('A gateway with a maximum age of connections', () => {
  it('closes each connection with 1012 at that age ± 10 %, each at a different time', async () => {
    const at = await gatewayWith({ WR_MAX_CONNECTION_AGE_SECONDS: String(AGE_MS / 1000) });
    const closes = await Promise.all(Array.from({ length: 60 }, () => lifetime(at)));
    const ages = closes.map(({ ms }) => ms);
    expect(new Set(closes.map(({ code }) => code))).toEqual(new Set([1012]));
    expect(Math.min(...ages)).toBeGreaterThan(0.9 * AGE_MS - SLACK_MS);
    expect(Math.max(...ages)).toBeLessThan(1.1 * AGE_MS + SLACK_MS);
    expect(Math.max(...ages) - Math.min(...ages)).toBeGreaterThan(0.1 * AGE_MS);
  });

  it('does not close connections whose call is being set up until the set-up ends', async () => {
    const at = await gatewayWith({ WR_MAX_CONNECTION_AGE_SECONDS: '8' });
    const [alice, bob, carol] = await peers(at, 'alice', 'bob', 'carol');
    const call_id = await cluster.call(alice, bob);
    expect(await carol.closed(8_800 + SLACK_MS)).toMatchObject({ code: 1012 });
    // They have at least the same age, and are still connected well after the longest lifetime.
    const end = performance.now() + 2_000;
    await eventually('a while has passed', async () => {
      expect(await alice.ask('signal', { call_id, signal: {} })).toMatchObject({ event: 'ack' });
      return performance.now() > end;
    });
    expect(await alice.ask('established', { call_id })).toMatchObject({ event: 'ack' });
    expect(await bob.ask('established', { call_id })).toMatchObject({ event: 'ack' });
    for (const peer of [alice, bob]) expect(await peer.closed(SLACK_MS)).toMatchObject({ code: 1012 });
  });
});

describe('A gateway near its cap', () => {
  it('is unready and reports the reason, still admits clients up to the cap, and is ready again when there is capacity', async () => {
    const at = await gatewayWith({ WR_MAX_CONNECTIONS: '20' });
    const gateway = cluster.gateway(at);
    const crowd = await peers(at, ...Array.from({ length: 18 }, () => 'peer'));
    expect(await readiness(gateway)).toMatchObject({ ready: true, state: 'serving', connections: 18 });
    crowd.push(await cluster.peer('peer', { at }));
    expect([await gateway.health('readyz'), await publicHealth(gateway)]).toEqual([503, 503]);
    expect(await readiness(gateway)).toMatchObject({ ready: false, state: 'full', cluster: 'joined' });

    crowd.push(await cluster.peer('last', { at }));
    expect(await upgrade(gateway.port)).toMatchObject({ status: 503 });
    await leave(crowd, 2);
    await eventually('two have gone', async () => (await readiness(gateway))['connections'] === 18);
    expect(await readiness(gateway)).toMatchObject({ ready: false, state: 'full' });
    await leave(crowd, 1);
    await eventually('it is ready', async () => (await gateway.health('readyz')) === 200, { deadlineMs: 2_000 });
    expect(await publicHealth(gateway)).toBe(200);
  });
});

async function peers<N extends string[]>(at: number, ...names: N): Promise<{ [K in keyof N]: TestPeer } & TestPeer[]> {
  const all = await Promise.all(names.map((name) => cluster.peer(name, { at })));
  return all as { [K in keyof N]: TestPeer } & TestPeer[];
}

async function leave(crowd: TestPeer[], count: number): Promise<void> {
  await Promise.all(crowd.splice(0, count).map((peer) => peer.close()));
}

async function publicHealth({ port }: GatewayProcess): Promise<number> {
  return (await plainRequest(port, '/healthz', {})).status;
}

async function readiness({ adminPort }: GatewayProcess): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`);
  return (await answer.json()) as Record<string, unknown>;
}
