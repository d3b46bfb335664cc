import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, findProgram, GatewayProcess, Stage, type TestPeer } from '@white-rabbit/testing';
import { RawSocket } from './raw-socket.js';
import { readScrape } from './scrape.js';
import { GENEROUS, STAGE_MS } from './settings.js';
import { upgrade } from './upgrade-request.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

/** A limit of open files that a test can reach, and the number of connections that fit into it. */
const DESCRIPTORS = 256;
const CONNECTIONS = 128;

const prlimit = await findProgram('prlimit');

let stage: Stage;
let gateway: GatewayProcess;
let at: number;
const raw: RawSocket[] = [];

describeUnless(prlimit === undefined ? 'prlimit is missing; it is part of util-linux.' : '')(
  'A gateway with few file descriptors',
  () => {
    beforeAll(async () => {
      stage = await Stage.open(1, { env: GENEROUS, direct: true });
      const { redisUrl, databaseUrl, gateways } = stage.cluster;
      const env = { ...GENEROUS, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl, WR_MAX_CONNECTIONS: '20000' };
      gateway = await GatewayProcess.start({ env, descriptors: DESCRIPTORS });
      at = gateways.push(gateway) - 1;
    }, STAGE_MS);
    afterEach(async () => {
      for (const socket of raw.splice(0)) socket.reset();
      await stage.clear();
    });
    afterAll(() => stage.close(), STAGE_MS);

    it('reports its maximum number of connections at the start', async () => {
      expect(gateway.logged('few_descriptors')).toMatchObject([
        { level: 'warn', descriptors: DESCRIPTORS, connections: CONNECTIONS },
      ]);
      expect(readScrape(await gateway.metrics()).sum('wr_connections_limit')).toBe(CONNECTIONS);
    });

    it('refuses upgrades with 503 when it is full, is unready, and serves its connections', async () => {
      const [alice, bob] = await pairHere();
      await Promise.all(Array.from({ length: CONNECTIONS - 2 }, () => stage.stranger('player', { at })));
      expect(await upgrade(gateway.port)).toMatchObject({ status: 503 });
      expect(await gateway.health('readyz')).toBe(503);
      await stage.call(alice, bob);
    });

    it('answers its probes when silent sockets use all descriptors, keeps its connections, and accepts new clients when those sockets are gone', async () => {
      const [alice, bob] = await pairHere();
      const call_id = await stage.call(alice, bob);
      for (let count = 0; count < 2 * DESCRIPTORS; count += 1) raw.push(await RawSocket.open(gateway.port));
      expect(await gateway.health('livez')).toBe(200);
      expect(readScrape(await gateway.metrics()).sum('process_open_fds')).toBeLessThan(DESCRIPTORS);
      expect(await alice.ask('signal', { call_id, signal: {} })).toMatchObject({ event: 'ack' });
      await expect(stage.stranger('carol', { at })).rejects.toThrow();
      // Over the bus too.
      await stage.call(await stage.player('dave'), alice);

      for (const socket of raw.splice(0)) socket.reset();
      await eventually('somebody new is taken', () => stage.player('erin', { at }).then(() => true));
    });
  },
);

function pairHere(): Promise<readonly [TestPeer, TestPeer]> {
  return Promise.all([stage.player('alice', { at }), stage.player('bob', { at })]);
}
