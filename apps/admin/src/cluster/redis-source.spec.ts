import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MemoryRegion, openEngines, type Engines, type NodeReport } from '@white-rabbit/cluster';
import type { NodeId } from '@white-rabbit/signaling';
import { DatabaseProbe } from './database-probe.js';
import { RedisSource } from './redis-source.js';

const REPORT: NodeReport = {
  state: 'serving',
  region: 'eu',
  version: '1.2.3',
  uptimeSeconds: 1,
  sessions: 5,
  connections: 6,
  database: 'up',
};
/** Nothing listens there. */
const NO_DATABASE = 'postgresql://u:s3cret-word@127.0.0.1:1/d';

let region: MemoryRegion;
let engines: Engines;

beforeEach(async () => {
  region = new MemoryRegion();
  engines = await openEngines({ node: 'admin' as NodeId, region });
});
afterEach(() => {
  engines.close();
});

async function look(databaseUrl?: string) {
  const source = new RedisSource(engines, await DatabaseProbe.of(databaseUrl));
  try {
    return await source.look();
  } finally {
    await source.close();
  }
}

describe('RedisSource', () => {
  test('reports no problem if gateways are running and Redis responds; a database without a URL is no problem', async () => {
    await engines.registry.join('node-a' as NodeId, REPORT);
    await engines.registry.join('node-b' as NodeId);
    expect(await look()).toEqual({
      redis: { state: 'up', ms: expect.any(Number) },
      database: { state: 'unset' },
      gateways: [
        { node: 'node-a', leaseAgeMs: expect.any(Number), report: REPORT },
        { node: 'node-b', leaseAgeMs: expect.any(Number) },
      ],
      problems: [],
    });
  });

  test('reports a problem if no gateway is running', async () => {
    expect((await look()).problems).toEqual([expect.stringContaining('No gateway is running')]);
  });

  test('reports a problem with advice if Redis does not respond', async () => {
    region.outage = true;
    const { redis, gateways, problems } = await look();
    expect([redis.state, gateways]).toEqual(['down', undefined]);
    expect(problems).toEqual([expect.stringMatching(/REDIS_URL.*--admin URL/)]);
  });

  test('reports a problem if the database does not respond to this program or to a gateway', async () => {
    await engines.registry.join('node-a' as NodeId, { ...REPORT, database: 'down' });
    const { database, problems } = await look(NO_DATABASE);
    expect(database).toEqual({ state: 'down' });
    expect(problems).toEqual([
      'The license database of DATABASE_URL does not answer.',
      'These gateways cannot reach the license database: node-a.',
    ]);
    expect(problems.join()).not.toContain('s3cret');
  });
});
