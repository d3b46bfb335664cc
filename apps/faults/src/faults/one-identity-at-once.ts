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
/** 4503: replaced by a newer connection of the same device. */
const REPLACED = 4503;

/** A device races against itself, while others watch it. */
export const oneIdentityAtOnce: Row = {
  number: 13,
  title: 'One identity registers from 20 sockets at once at 3 gateways, 10 times',
  promise: 'one session and one route in the end; the others get 4503; no watcher gets OFFLINE',
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
    let mostOpen = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const sockets = await Promise.all(
        Array.from({ length: SOCKETS }, (_, n) => cluster.connectAs(identity, n % GATEWAYS)),
      );
      await Promise.allSettled(sockets.map((socket) => socket.join()));
      const all = [...open, ...sockets];
      const ends = await Promise.all(all.map((socket) => socket.closed(SETTLED_MS).catch(() => undefined)));
      open = all.filter((_, n) => ends[n] === undefined);
      mostOpen = Math.max(mostOpen, open.length);
      for (const end of ends) if (end !== undefined && end.code !== REPLACED) otherCodes.add(end.code);
    }
    for (const watcher of watchers) await watcher.roundTrip();
    const offline = watchers.flatMap(({ unread }) => unread.filter(({ text }) => text.includes('OFFLINE')));
    const keys = await keysIn(redisServers(cluster, 'single'));
    run.figures.add('sessions left', mostOpen, '', { exactly: 1 });
    run.figures.add('routes left', keys.filter((key) => key.endsWith(`:${identity.peer_id}`)).length, '', {
      exactly: 1,
    });
    run.figures.add('closes with another code', otherCodes.size, '', { exactly: 0 });
    run.figures.add('OFFLINE at watchers', offline.length, '', { exactly: 0 });
    await Promise.all([...open, ...watchers].map((socket) => socket.close()));
    await conclude(scenario, CALM);
  },
};
