import { describe, expect, it } from '@jest/globals';
import { eventually, within, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { BUSY_MS, GENEROUS, PRESENCE_MS } from './settings.js';
import { upgrade } from './upgrade-request.js';

/**
 * Longer than the time within which two signals count as one, because npm and a terminal may send both. Milliseconds.
 */
const ECHO_MS = 1_000;

const cluster = useCluster(1, { env: { ...GENEROUS, WR_DRAIN_SECONDS: '10' } });

describe('A gateway that receives a stop signal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    '(%s) is unready, admits no client, closes all with 1012 spread over its drain period, and exits with 0',
    async (signal) => {
      const gateway = await cluster.add();
      const at = cluster.gateways.length - 1;
      const peers = await Promise.all(Array.from({ length: 60 }, () => cluster.peer('peer', { at })));
      const [first] = peers;
      const watcher = await cluster.peer('watcher', { contacts: [first?.peer_id ?? ''] });
      await watcher.next('presence');

      const began = performance.now();
      await gateway.kill(signal);
      await eventually('it is not ready', async () => (await gateway.health('readyz')) === 503, {
        deadlineMs: 1_000 + BUSY_MS,
      });
      expect(await upgrade(gateway.port)).toMatchObject({ status: 503 });
      const closed = await Promise.all(peers.map((peer) => closedAfter(peer, began)));
      expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1012]));
      // The closes take 10 s: no half second has more than half of them.
      expect(
        fullest(
          closed.map(({ ms }) => ms),
          500,
        ),
      ).toBeLessThan(peers.length / 2);
      expect(await watcher.next('presence', PRESENCE_MS)).toMatchObject({ data: { peers: [{ status: 'OFFLINE' }] } });
      expect(await gateway.exited).toEqual({ code: 0, signal: null });
    },
  );

  it('ends at once on a second signal', async () => {
    const gateway = await cluster.add({ WR_DRAIN_SECONDS: '30' });
    const at = cluster.gateways.length - 1;
    await Promise.all(Array.from({ length: 20 }, () => cluster.peer('peer', { at })));
    await gateway.kill('SIGTERM');
    await eventually('it drains', async () => (await gateway.health('readyz')) === 503);
    // A signal right behind the first counts as an echo of the first.
    const began = performance.now();
    await eventually('the echo of a signal is over', () => performance.now() - began > ECHO_MS);
    const again = performance.now();
    await gateway.kill('SIGTERM');
    await gateway.exited;
    expect(performance.now() - again).toBeLessThan(10_000);
  });

  it('ends at once if it has just started and has no clients', async () => {
    for (let round = 0; round < 4; round += 1) {
      const gateway = await cluster.add({ WR_DRAIN_SECONDS: '30' });
      await gateway.kill('SIGTERM');
      expect(await within('it ends', 15_000, gateway.exited)).toEqual({ code: 0, signal: null });
    }
  });
});

async function closedAfter(peer: TestPeer, since: number): Promise<{ code: number; ms: number }> {
  const { code } = await peer.closed(20_000);
  return { code, ms: performance.now() - since };
}

/** The maximum number of these times that fit into `width`. */
function fullest(times: readonly number[], width: number): number {
  return Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + width).length));
}
