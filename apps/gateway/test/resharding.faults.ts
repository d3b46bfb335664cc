import { setInterval as every } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { eventually, reportFigure, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { GENEROUS } from './settings.js';

/** Slots of the first primary that are moved to the second, and back. */
const MOVED = Array.from({ length: 1_000 }, (_, n) => n * 5);
const SESSIONS = 500;
/** Of these sessions, those that stay: they are watched, and in calls with each other. The others come and go. */
const STAYING = 200;
/** Pairs that register, call and leave at the same time; it divides the number of pairs. */
const LANES = 6;
/** How often each running call has a signal. Milliseconds. */
const SIGNAL_EVERY_MS = 250;
/** From the end of the move until everything is right. Milliseconds. */
const RECOVERY_MS = 15_000;

/** What happened to the peers that came and went. */
interface Visits {
  done: number;
  /** Answered with an error, which the client can see: a slot that is being moved may be unavailable for a moment. */
  readonly refused: Map<string, number>;
}

describe('Two gateways on a Redis Cluster', () => {
  const cluster = useCluster(2, { env: GENEROUS, redis: 'cluster' });

  /** Two of the coming and going register at two gateways, call, signal, and leave. */
  const visit = async (visits: Visits, moving: readonly TestPeer[]): Promise<void> => {
    const [alice, bob] = await Promise.all(
      moving.map((peer, at) => cluster.connectAs(peer.identity, at % cluster.gateways.length)),
    );
    if (alice === undefined || bob === undefined) throw new Error('A visit takes two.');
    try {
      await Promise.all([alice.join(), bob.join()]);
      const call_id = await cluster.call(alice, bob);
      const answer = await alice.ask('signal', { call_id, signal: { n: 1 } });
      // An acknowledged signal has arrived; any other outcome is an error that the caller sees.
      if (answer.event === 'ack') await bob.next('signal');
      else throw new Error(`signal was answered ${answer.text}`);
      visits.done += 1;
    } catch (failure) {
      const code = /"code":"(\w+)"/.exec(String(failure))?.[1];
      if (code === undefined) throw failure;
      visits.refused.set(code, (visits.refused.get(code) ?? 0) + 1);
    } finally {
      await Promise.all([alice.close(), bob.close()]);
    }
  };

  it('whose slots are moved lose no session and no signal in silence, and show no peer OFFLINE that stays', async () => {
    const staying = await inLanes(STAYING, (n) => cluster.peer('staying', { at: n % 2 }));
    const moving = await inLanes(SESSIONS - STAYING, (n) => cluster.peer('moving', { at: n % 2 }));
    const contacts = staying.map(({ peer_id }) => peer_id);
    const watcher = await cluster.peer('watcher', { contacts });
    await watcher.next('presence');
    const pairs = staying.flatMap((peer, n) => (n % 2 === 0 ? [[peer, staying[n + 1] ?? peer] as const] : []));
    const calls = await Promise.all(pairs.map(([caller, callee]) => cluster.call(caller, callee)));
    await Promise.all(moving.map((peer) => peer.close()));

    const [first, second] = cluster.redisCluster.primaries;
    if (first === undefined || second === undefined) throw new Error('There are no primaries.');
    let isMoving = true;
    const start = performance.now();
    const move = cluster.redisCluster
      .moveSlots(MOVED, first, second)
      .then(() => cluster.redisCluster.moveSlots(MOVED, second, first))
      .finally(() => (isMoving = false));
    const visits: Visits = { done: 0, refused: new Map() };
    // Each lane has its own pairs.
    const lane = async (number: number): Promise<void> => {
      for (let pair = number; isMoving; pair = (pair + LANES) % (moving.length / 2)) {
        await visit(visits, moving.slice(pair * 2, pair * 2 + 2));
      }
    };
    const signals = async (): Promise<number> => {
      let sent = 0;
      for await (const _ of every(SIGNAL_EVERY_MS)) {
        if (!isMoving) break;
        await Promise.all(
          pairs.map(async ([caller, callee], n) => {
            const answer = await caller.ask('signal', { call_id: calls[n], signal: { n: sent } });
            if (answer.event === 'ack') await callee.next('signal');
            else expect(answer.event).toBe('error');
          }),
        );
        sent += pairs.length;
      }
      return sent;
    };
    const [sent] = await Promise.all([signals(), move, ...Array.from({ length: LANES }, (_, number) => lane(number))]);
    reportFigure('slots moved there and back', MOVED.length);
    reportFigure('this took', Math.round((performance.now() - start) / 1000), 's');
    reportFigure('visits meanwhile', visits.done, '', { atLeast: 50 });
    reportFigure(
      'visits refused with an error',
      [...visits.refused.values()].reduce((sum, count) => sum + count, 0),
    );
    reportFigure('signals of running calls', sent);

    await watcher.expectNothing('presence');
    for (const peer of [watcher, ...staying]) expect(peer.socket.readyState).toBe(peer.socket.OPEN);
    const isRight = async () => {
      const late = await cluster.peer('late', { contacts: [...contacts, ...moving.map(({ peer_id }) => peer_id)] });
      const { peers } = (await late.next('presence')).data;
      const online = new Set<string>(peers.flatMap(({ peer_id, status }) => (status === 'ONLINE' ? [peer_id] : [])));
      return contacts.every((id) => online.has(id)) && online.size === contacts.length;
    };
    await eventually('a new peer sees exactly those that stay ONLINE', isRight, {
      deadlineMs: RECOVERY_MS,
      everyMs: 500,
    });
    expect(visits.done).toBeGreaterThan(50);
  });
});

/** Does it that often, 25 at the same time. */
async function inLanes<T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) results.push(await work(next++));
  };
  await Promise.all(Array.from({ length: 25 }, lane));
  return results;
}
