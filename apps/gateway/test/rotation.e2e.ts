import { afterEach, describe, expect, it } from '@jest/globals';
import { CLUSTER_START_MS, eventually, GatewayProcess, newIdentity, TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Redis } from 'ioredis';
import pg from 'pg';

// Runs the steps of docs/operations.md for the change of a password.

const cluster = useCluster(0);
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
}, CLUSTER_START_MS);

function as(url: string, username: string, password: string): string {
  const address = new URL(url);
  address.username = username;
  address.password = password;
  return address.href;
}

async function gateway(env: Record<string, string>): Promise<GatewayProcess> {
  const started = await GatewayProcess.start({
    env: { DATABASE_URL: cluster.databaseUrl, REDIS_URL: cluster.redisUrl, ...env },
  });
  closing.push(() => started.stop());
  return started;
}

async function join(at: GatewayProcess, name: string, license_key: string): Promise<TestPeer> {
  const peer = await new TestPeer(at.url, { ...newIdentity(name), license_key }).opened();
  closing.push(() => peer.close());
  await peer.join();
  return peer;
}

describe('The password of Redis', () => {
  it('is changed by adding the new one, restarting gateways, and removing the old one', async () => {
    const redis = new Redis(cluster.redisUrlOf('wr-operator'));
    closing.push(async () => {
      await redis.acl('DELUSER', 'gateway');
      redis.disconnect();
    });
    await redis.acl('SETUSER', 'gateway', 'on', '>old', '~*', '&*', '+@all');
    const [before, after] = ['old', 'new'].map((password) => as(cluster.redisUrl, 'gateway', password)) as [
      string,
      string,
    ];
    const first = await gateway({ REDIS_URL: before });
    const alice = await join(first, 'alice', await cluster.licenseKey());

    await redis.acl('SETUSER', 'gateway', '>new');
    const second = await gateway({ REDIS_URL: after });
    const bob = await join(second, 'bob', await cluster.licenseKey());
    await cluster.call(alice, bob);
    await first.stop();

    await redis.acl('SETUSER', 'gateway', '<old');
    await redis.client('KILL', 'USER', 'gateway');
    await eventually('the gateway with the new password is back', async () => (await second.health('readyz')) === 200);
    await expect(redis.call('AUTH', 'gateway', 'old')).rejects.toThrow('WRONGPASS');
  });
});

describe('The password of PostgreSQL', () => {
  it('is changed with a second login of the role of gateways', async () => {
    const superuser = new pg.Client(cluster.databaseUrl);
    await superuser.connect();
    closing.push(() => superuser.end());
    const [before, after] = [
      as(cluster.databaseUrl, 'wr_gateway_old', 'old'),
      as(cluster.databaseUrl, 'wr_gateway_new', 'new'),
    ];
    await superuser.query(`create role wr_gateway_old login password 'old' in role wr_gateway`);
    const [license] = await cluster.licenses.issue({ count: 1, maxDevices: 2 });
    await join(await gateway({ DATABASE_URL: before }), 'alice', license?.license_key ?? '');

    await superuser.query(`create role wr_gateway_new login password 'new' in role wr_gateway`);
    const second = await gateway({ DATABASE_URL: after });
    await superuser.query('alter role wr_gateway_old nologin password null');
    await join(second, 'bob', license?.license_key ?? '');
    await expect(new pg.Client(before).connect()).rejects.toThrow();
  });
});
