import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { ORPHAN_MS } from '../scenario/left-overs.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const LOST = 500;
const WATCHING = 300;
/** docs/protocol.md, section 5. Milliseconds. */
const OFFLINE_MS = 15_000;
/** Until they are OFFLINE, half of all signals go to peers of the gateway. */
const SIGNALS: SignalLimits = { acked: 0.8, isCalm: false };
const VICTIM = 2;

/** A gateway is killed, and its clients do not come back. */
export const gatewayKilled: Row = {
  number: 1,
  title: 'A gateway is killed (SIGKILL) with 500 sessions',
  promise: 'each watcher gets OFFLINE once, within 15 s; the other sessions stay; no orphan key after 60 s',
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
    const node = String(scenario.cluster.gateway(VICTIM).logged('listening')[0]?.['node']);
    const killedAt = scenario.nowMs;
    scenario.killed(VICTIM);
    await scenario.cluster.gateway(VICTIM).kill();
    const goneAt = scenario.nowMs;
    await scenario.until(() => counts.size === watches, OFFLINE_MS);
    await scenario.pass(5_000);
    run.figures.add('sessions lost', victims.size);
    run.figures.add('OFFLINE at watchers', counts.size, '', { exactly: watches });
    run.figures.add('OFFLINE more than once', [...counts.values()].filter((n) => n > 1).length, '', { exactly: 0 });
    run.figures.add('last OFFLINE after', Math.round(lastMs - killedAt), 'ms', { atMost: OFFLINE_MS });
    run.figures.add('other sessions that stayed', others.filter((c) => c.isRegistered).length, '', {
      exactly: others.length,
    });
    await scenario.pass(goneAt + ORPHAN_MS + 1_000 - scenario.nowMs);
    const orphans = (await scenario.keys()).filter((key) => {
      return key.includes(node) || victims.has(key.split(':').at(-1) ?? '');
    });
    run.figures.add('orphan keys 61 s after the kill', orphans.length, '', { exactly: 0 });
    await conclude(scenario, SIGNALS);
  },
};
