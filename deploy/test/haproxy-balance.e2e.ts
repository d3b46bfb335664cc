import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, type HaproxyProcess } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { BEHIND_HAPROXY, HaproxyFront, missingForHaproxy } from './haproxy-front.js';
import { serverConnections } from './haproxy-state.js';

const GATEWAYS = 3;
const CLIENTS = 60;

/** The defaults of a gateway, with a shorter drain. */
const DRAIN = { WR_DRAIN_DELAY_SECONDS: '2', WR_DRAIN_SECONDS: '2' };

let front: HaproxyFront;

describeUnless(missingForHaproxy)('HAProxy balances by open connections', () => {
  const cluster = useCluster(GATEWAYS, { env: { ...BEHIND_HAPROXY, ...DRAIN }, direct: true });
  beforeAll(async () => {
    front = await HaproxyFront.open();
  });
  afterEach(() => front.clear());
  afterAll(async () => {
    await front.close();
  });

  it('so that after a roll-out no gateway of three has more than 1.5 times the mean', async () => {
    const haproxy = await front.before(cluster.gateways);
    const isOver = new AbortController();
    const clients = Array.from({ length: CLIENTS }, () => comeBack(haproxy, isOver.signal));
    await allConnected(haproxy);
    // Connections that come at the same moment may be given to the same gateway.
    const counts = await serverConnections(haproxy);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);

    for (const gateway of cluster.gateways.slice(0, GATEWAYS)) {
      await gateway.stop();
      await cluster.add({ WR_PORT: String(gateway.port) });
      await allConnected(haproxy);
      await allUp(haproxy);
    }
    // The last gateway to start is empty; the others share its part.
    expect(Math.max(...(await serverConnections(haproxy)))).toBeLessThanOrEqual(CLIENTS / (GATEWAYS - 1) + 2);

    isOver.abort();
    await front.clear();
    await Promise.all(clients);
  }, 120_000);
});

/** A client that connects again whenever its gateway closes it. */
async function comeBack(haproxy: HaproxyProcess, isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    const client = front.client(haproxy);
    await client.opened();
    await client.closed(120_000);
  }
}

/** HAProxy checks a gateway once a second. */
function allUp(haproxy: HaproxyProcess): Promise<unknown> {
  return eventually('HAProxy has found all gateways', async () => {
    const up = (await haproxy.metrics()).match(/^haproxy_server_status\{.*state="UP"\} 1$/gm) ?? [];
    return up.length === GATEWAYS;
  });
}

function allConnected(haproxy: HaproxyProcess): Promise<unknown> {
  return eventually('all clients are connected', async () => {
    const connections = await serverConnections(haproxy);
    return connections.reduce((sum, count) => sum + count, 0) === CLIENTS;
  });
}
