import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { openLicenseOrm } from '@white-rabbit/license';
import { eventually, GatewayProcess } from '@white-rabbit/testing';
import { REDIS_PASSWORD } from '@white-rabbit/testing/redis';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { Redis } from 'ioredis';
import { refusal } from './answers.js';
import { GENEROUS } from './settings.js';

const cluster = useCluster(1, { env: GENEROUS, breakable: true });

/** A constraint in the database that makes it refuse to bind a device, and the statement that removes it. */
const REFUSE = `alter table binding add constraint refusing check (slot < 0) not valid`;
const ACCEPT = `alter table binding drop constraint refusing`;

/** Another password of the gateway's user of Redis than the gateway has. */
const OTHER_PASSWORD = 'canary-password';

/** The fields of every line. A line must equal these and its own, so that no other field may quote anything. */
const EVERY_LINE = { time: expect.any(String), event: expect.any(String), msg: expect.any(String) };

async function changeDatabase(sql: string): Promise<void> {
  const orm = await openLicenseOrm({ databaseUrl: cluster.databaseUrl, poolSize: 1 });
  try {
    await orm.em.getConnection().execute(sql);
  } finally {
    await orm.close();
  }
}

describe('The log of a gateway', () => {
  it('shows why a license cannot be checked while the database answers, and quotes nothing of the row', async () => {
    const gateway = cluster.gateway(0);
    const identities = await Promise.all(['alice', 'bob'].map((name) => cluster.identity(name)));
    await changeDatabase(REFUSE);
    try {
      for (const identity of identities) {
        const client = await cluster.connectAs(identity);
        expect(await client.ask('register', identity)).toMatchObject(refusal('license_unavailable', 'register'));
      }
    } finally {
      await changeDatabase(ACCEPT);
    }
    expect(gateway.logged('license_check_failed')).toEqual([{ ...EVERY_LINE, level: 'warn', code: '23514' }]);
    expect(gateway.logged('database_down')).toEqual([]);
    for (const { license_key, device_id, peer_id } of identities)
      for (const secret of [license_key, device_id, peer_id]) expect(gateway.lines.join('\n')).not.toContain(secret);
  });

  it('shows by a code why Redis refuses the gateway', async () => {
    const gateway = cluster.gateway(0);
    const redis = new Redis(cluster.redisUrlOf('wr-operator'));
    try {
      await redis.acl('SETUSER', 'wr-gateway', 'resetpass', `>${OTHER_PASSWORD}`);
      await redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      await eventually('the loss is logged', () => gateway.logged('cluster_down').length > 0);
      expect(gateway.logged('cluster_down')).toEqual([
        { ...EVERY_LINE, level: 'warn', state: 'down', code: 'WRONGPASS' },
      ]);
    } finally {
      await redis.acl('SETUSER', 'wr-gateway', `>${REDIS_PASSWORD}`);
      redis.disconnect();
    }
    await eventually('the recovery is logged', () => gateway.logged('cluster_up').length > 0, { deadlineMs: 10_000 });
    for (const password of [REDIS_PASSWORD, OTHER_PASSWORD]) expect(gateway.lines.join('\n')).not.toContain(password);
  });

  it('has one line for an uncaught fault, without its message, and the process ends', async () => {
    const program = fileURLToPath(new URL('crashing-gateway.mjs', import.meta.url));
    const { redisUrl, databaseUrl } = cluster;
    const gateway = await GatewayProcess.start({
      program,
      env: { ...GENEROUS, REDIS_URL: redisUrl, DATABASE_URL: databaseUrl },
    });
    await gateway.kill('SIGUSR2');
    expect(await gateway.exited).toMatchObject({ code: 1 });
    expect(gateway.logged('crashed')).toEqual([
      expect.objectContaining({
        level: 'error',
        error: 'TypeError',
        at: expect.stringContaining('crashing-gateway.mjs:'),
      }),
    ]);
    expect(gateway.lines.join('\n')).not.toContain('canary');
    // Every line of the output is a line of the log.
    for (const line of gateway.lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
  });
});
