import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const LOST = 500;
const WATCHING = 300;
/** docs/protocol.md, section 5. Milliseconds. */
const OFFLINE_MS = 15_000;
const VICTIM = 2;

/** A gateway is killed, and its clients do not come back. */
export const gatewayKilled: Row = {
  number: 1,
  title: 'A gateway is killed (SIGKILL) with 500 sessions',
  promise: 'each watcher gets OFFLINE once, within 15 s; the other sessions stay',
  run: async (run, scale) => {
    const lost = sized(LOST, scale);
    const clients = lost + sized(WATCHING, scale);
    const gatewayOf = (index: number) => (index < lost ? VICTIM : index % 2);
    await using scenario = await Scenario.start(run, { gateways: 3, clients, gatewayOf });
    const victims = new Set(scenario.clients.at(VICTIM).map(({ peer }) => peer));
    const others = scenario.clients.online.filter(({ peer }) => !victims.has(peer));
    const counts = new Map<string, number>();
    let lastMs = scenario.nowMs;
    for (const watcher of others) {
      watcher.onPresence = (peer, status) => {
        if (status !== 'OFFLINE' || !victims.has(peer)) return;
        const key = `${watcher.peer} ${peer}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        lastMs = scenario.nowMs;
      };
    }
    const watches = others.flatMap(
      ({ identity }) => identity.contacts?.filter((peer) => victims.has(peer)) ?? [],
    ).length;
    for (const client of scenario.clients.at(VICTIM)) client.reconnects = false;
    const killedAt = scenario.nowMs;
    scenario.killed(VICTIM);
    await scenario.cluster.gateway(VICTIM).kill();
    await scenario.until(() => counts.size === watches, OFFLINE_MS);
    await scenario.pass(5_000);
    run.figures.add('sessions lost', victims.size);
    run.figures.add('OFFLINE at watchers', counts.size, '', { exactly: watches });
    run.figures.add('OFFLINE more than once', [...counts.values()].filter((n) => n > 1).length, '', { exactly: 0 });
    run.figures.add('last OFFLINE after', Math.round(lastMs - killedAt), 'ms', { atMost: OFFLINE_MS });
    run.figures.add('other sessions that stayed', others.filter((c) => c.isRegistered).length, '', {
      exactly: others.length,
    });
    await conclude(scenario);
  },
};
