import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import {
  CLUSTER_START_MS,
  eventually,
  findProgram,
  GatewayProcess,
  TestCluster,
  type TestPeer,
} from '@white-rabbit/testing';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS } from './settings.js';
import { upgrade } from './upgrade-request.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

/** A limit of open files that a test can reach, and the number of connections that fit into it. */
const DESCRIPTORS = 256;
const CONNECTIONS = 128;

const prlimit = await findProgram('prlimit');

let cluster: TestCluster;
let gateway: GatewayProcess;
let at: number;
const raw: RawSocket[] = [];

describeUnless(prlimit === undefined ? 'prlimit is missing; it is part of util-linux.' : '')(
  'A gateway with few file descriptors',
  () => {
    beforeAll(async () => {
      cluster = await TestCluster.start(1, { env: GENEROUS, direct: true });
      const { redisUrl, databaseUrl, gateways } = cluster;
      const env = { ...GENEROUS, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl, WR_MAX_CONNECTIONS: '20000' };
      gateway = await GatewayProcess.start({ env, descriptors: DESCRIPTORS });
      at = gateways.push(gateway) - 1;
    }, CLUSTER_START_MS);
    afterEach(async () => {
      for (const socket of raw.splice(0)) socket.reset();
      await cluster.closeClients();
    });
    afterAll(() => cluster.stop(), CLUSTER_START_MS);

    it('reports its maximum number of connections at the start', async () => {
      expect(gateway.logged('few_descriptors')).toMatchObject([
        { level: 'warn', descriptors: DESCRIPTORS, connections: CONNECTIONS },
      ]);
      expect(readScrape(await gateway.metrics()).sum('wr_connections_limit')).toBe(CONNECTIONS);
    });

    it('refuses upgrades with 503 when it is full, is unready, and serves its connections', async () => {
      const [alice, bob] = await pairHere();
      await Promise.all(Array.from({ length: CONNECTIONS - 2 }, () => cluster.connect('peer', { at })));
      expect(await upgrade(gateway.port)).toMatchObject({ status: 503 });
      expect(await gateway.health('readyz')).toBe(503);
      await cluster.call(alice, bob);
    });

    it('answers its probes when silent sockets use all descriptors, keeps its connections, and accepts new clients when those sockets are gone', async () => {
      const [alice, bob] = await pairHere();
      const call_id = await cluster.call(alice, bob);
      for (let count = 0; count < 2 * DESCRIPTORS; count += 1) raw.push(await RawSocket.open(gateway.port));
      expect(await gateway.health('livez')).toBe(200);
      expect(readScrape(await gateway.metrics()).sum('process_open_fds')).toBeLessThan(DESCRIPTORS);
      expect(await alice.ask('signal', { call_id, signal: {} })).toMatchObject({ event: 'ack' });
      await expect(cluster.connect('carol', { at })).rejects.toThrow();
      // Over the bus too.
      await cluster.call(await cluster.peer('dave'), alice);

      for (const socket of raw.splice(0)) socket.reset();
      await eventually('a new client is admitted', () => cluster.peer('erin', { at }).then(() => true));
    });
  },
);

function pairHere(): Promise<readonly [TestPeer, TestPeer]> {
  return Promise.all([cluster.peer('alice', { at }), cluster.peer('bob', { at })]);
}
