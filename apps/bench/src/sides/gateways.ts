import { newIdentity, TestCluster } from '@white-rabbit/testing';
import { registerFrame } from '../load/gateway-wire.js';
import type { Server } from './side.js';

/** As fast as the bench can connect, from one address; everything else as in production. */
const SETTINGS = { WR_CONNECT_RATE: '100000', WR_DRAIN_SECONDS: '0' };

/** Gateways with everything on, Redis and PostgreSQL behind them. */
export async function startGateways(
  name: string,
  nodes: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Server & { readonly cluster: TestCluster }> {
  const cluster = await TestCluster.start(nodes, { env: { ...SETTINGS, ...env }, direct: true });
  return {
    name,
    wire: 'gateway',
    urls: cluster.gateways.map(({ url }) => url),
    pids: cluster.gateways.map(({ pid }) => pid),
    ...(nodes > 1 && { redisUrl: cluster.redisUrl }),
    newNames: async (count, contacts) => {
      const licenses = await cluster.licenses.issue({ count });
      return licenses.map(({ license_key }) =>
        registerFrame({ ...newIdentity('bench'), license_key, ...(contacts && { contacts }) }),
      );
    },
    stop: () => cluster.stop(),
    cluster,
  };
}
