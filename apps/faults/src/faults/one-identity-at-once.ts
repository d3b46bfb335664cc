import type { TestPeer } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { keysIn, redisServers } from '../scenario/redis-servers.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const SOCKETS = 20;
const GATEWAYS = 3;
const ROUNDS = 10;
/** All but one are closed by then. Milliseconds. */
const SETTLED_MS = 3_000;
/** Bounded work: a register claims its route once, however many compete. */
const CLAIMS_EACH = 1;
/** 4503: replaced by a newer connection of the same device. */
const REPLACED = 4503;

/** A device races against itself, while others watch it. */
export const oneIdentityAtOnce: Row = {
  number: 13,
  title: 'One identity registers from 20 sockets at once at 3 gateways, 10 times',
  promise: 'one session and one route after each round; the others get 4503; a claim each; no watcher gets OFFLINE',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: sized(60, scale) });
    const { cluster } = scenario;
    const identity = await cluster.identity('raced');
    let open: readonly TestPeer[] = [await cluster.connectAs(identity)];
    await open[0]?.join();
    const watchers = await Promise.all(
      [0, 1, 2].map((at) => cluster.peer('watcher', { at, contacts: [identity.peer_id] })),
    );
    for (const watcher of watchers) await watcher.next('presence');
    const otherCodes = new Set<number>();
    const before = await work(scenario);
    let roundsWithOne = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const sockets = await Promise.all(
        Array.from({ length: SOCKETS }, (_, n) => cluster.connectAs(identity, n % GATEWAYS)),
      );
      await Promise.allSettled(sockets.map((socket) => socket.join()));
      const all = [...open, ...sockets];
      const ends = await Promise.all(all.map((socket) => socket.closed(SETTLED_MS).catch(() => undefined)));
      open = all.filter((_, n) => ends[n] === undefined);
      if (open.length === 1 && (await routes(scenario, identity.peer_id)) === 1) roundsWithOne += 1;
      for (const end of ends) if (end !== undefined && end.code !== REPLACED) otherCodes.add(end.code);
    }
    for (const watcher of watchers) await watcher.roundTrip();
    const offline = watchers.flatMap(({ unread }) => unread.filter(({ text }) => text.includes('OFFLINE')));
    const after = await work(scenario);
    run.figures.add('rounds that left one session and one route', roundsWithOne, '', { exactly: ROUNDS });
    run.figures.add('claims for each register', (after.claims - before.claims) / (ROUNDS * SOCKETS), '', {
      atMost: CLAIMS_EACH,
    });
    run.figures.add('sessions closed with 4503', after.replaced - before.replaced, '', { exactly: ROUNDS * SOCKETS });
    run.figures.add('closes with another code', otherCodes.size, '', { exactly: 0 });
    run.figures.add('OFFLINE at watchers', offline.length, '', { exactly: 0 });
    await Promise.all([...open, ...watchers].map((socket) => socket.close()));
    await conclude(scenario, CALM);
  },
};

/** Calls of the gateways to Redis that claim a route, and sessions that they closed for a newer one. */
async function work({ fleet }: Scenario): Promise<{ readonly claims: number; readonly replaced: number }> {
  const [claims, replaced] = await Promise.all([
    fleet.metric('wr_redis_call_seconds_count', '{operation="claim"}'),
    fleet.metric('wr_closes_total', '{code="4503"}'),
  ]);
  return { claims, replaced };
}

async function routes({ cluster }: Scenario, peer: string): Promise<number> {
  const keys = await keysIn(redisServers(cluster, 'single'));
  return keys.filter((key) => key.endsWith(`:${peer}`)).length;
}
