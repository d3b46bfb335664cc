import { connect, FaultProxy } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const GONE = 20;
/** The heartbeat timeout and 1 s. Milliseconds. */
const OFFLINE_MS = 61_000;

/** Clients disappear without a FIN, as if their network was gone. */
export const halfOpenClient: Row = {
  number: 17,
  title: 'Clients are half-open: they disappear without a FIN',
  promise: 'closed and OFFLINE ≤ 61 s after their last frame',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 2, clients: sized(60, scale) });
    const { cluster } = scenario;
    const gateway = cluster.gateway(0);
    const proxy = await FaultProxy.start({ port: gateway.port });
    const identities = await Promise.all(Array.from({ length: GONE }, () => cluster.identity('gone')));
    const contacts = identities.map(({ peer_id }) => peer_id);
    const clients = await Promise.all(identities.map(() => connect(proxy.url(gateway.url))));
    await Promise.all(
      clients.map((client, n) => client.register(identities[n] ?? { license_key: '', device_id: '', peer_id: '' })),
    );
    const watcher = await cluster.peer('watcher', { at: 1, contacts });
    await watcher.next('presence');
    proxy.halfOpen();
    const start = scenario.nowMs;
    const offline = new Set<string>();
    const read = () => {
      for (const { event, data } of watcher.unread) {
        if (event !== 'presence' || !('peers' in data)) continue;
        for (const { peer_id, status } of data.peers) if (status === 'OFFLINE') offline.add(peer_id);
      }
      return offline.size === GONE;
    };
    await scenario.until(read, OFFLINE_MS + 5_000);
    run.figures.add('OFFLINE', offline.size, '', { exactly: GONE });
    run.figures.add('last OFFLINE after', Math.round(scenario.nowMs - start), 'ms', { atMost: OFFLINE_MS });
    await proxy.stop();
    await watcher.close();
    await conclude(scenario, CALM);
  },
};
