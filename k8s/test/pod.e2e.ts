import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  eventually,
  freePort,
  Licenses,
  startPostgres,
  TestClient,
  within,
  type RealPostgres,
} from '@white-rabbit/testing';
import { startRedis, type RealRedis } from '@white-rabbit/testing/redis';
import { describeRendered } from './describe-rendered.js';
import { DevRedis } from './dev-redis.js';
import { GATEWAY, present, type Manifests, type Pods } from './manifests.js';
import { GatewayPod, MountedSecret, startPod } from './pod-process.js';
import { rendering } from './renderings.js';

/** What the route puts on every request. */
function routeHeaders(manifests: Manifests): Record<string, string> {
  const filters = manifests.one('HTTPRoute', GATEWAY).spec.rules?.[0]?.filters ?? [];
  const set = filters.flatMap(({ requestHeaderModifier }) => requestHeaderModifier?.set ?? []);
  return Object.fromEntries(set.map(({ name, value }) => [name, value]));
}

/** The pods of that Job, Deployment or StatefulSet. */
function podsOf(manifests: Manifests, start: string): Pods {
  return present(
    manifests.pods.find(({ from }) => from.startsWith(start)),
    `there is no ${start}`,
  );
}

/** Settings that the container has itself. */
function settingsOf({ spec }: Pods): Record<string, string> {
  const env = spec.containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [name, value ?? '']));
}

describeRendered('What the pods run', () => {
  const cleanUp: (() => Promise<unknown>)[] = [];
  let postgres: RealPostgres;
  let redis: RealRedis;

  const mounted = async (files: Record<string, string>): Promise<MountedSecret> => {
    const secret = await MountedSecret.of(files);
    cleanUp.push(() => secret.unmount());
    return secret;
  };

  const started = async (...how: Parameters<typeof GatewayPod.start>): Promise<GatewayPod> => {
    const pod = await GatewayPod.start(...how);
    cleanUp.push(() => pod.process.stop(1_000));
    return pod;
  };

  beforeAll(async () => {
    [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  });

  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
    await Promise.all([postgres.stop(), redis.stop()]);
  });

  it.each(['dev', 'prod', 'single-region-example', 'region-example'])(
    '%s: the gateway finds its settings in order',
    async (overlay) => {
      const { manifests } = rendering(overlay);
      // In development the back ends are in the same namespace, and speak no TLS.
      const [database, redisHost] = overlay === 'dev' ? ['postgres', 'redis'] : ['localhost', 'localhost'];
      const secret = await mounted({
        'database-url': `postgresql://a:b@${database}/c`,
        'database-read-url': `postgresql://a:b@${database}/c`,
        'redis-url': `redis://${redisHost}`,
        'redis-password': 'd',
        regions:
          'eu-central=rediss://:d@redis.eu-central.example.com:6380,us-east=rediss://:d@redis.us-east.example.com:6380',
      });
      const checked = (env: Record<string, string>) =>
        startPod(manifests.gatewayPods, manifests.gatewaySettings, secret, { args: ['--check-config'], env }).exited;
      expect(await checked({})).toMatchObject({ code: 0 });
      expect(await checked({ WR_MISSPELT: '1' })).toMatchObject({ code: 2 });
    },
  );

  it('a gateway waits for the migration by being restarted, and serves after it', async () => {
    const { manifests } = rendering('prod', 'gateway-api');
    const secret = await mounted({ 'database-url': postgres.url, 'redis-url': redis.url });
    const early = await started(manifests, secret);
    expect((await within('it refuses an empty database', 30_000, early.process.exited)).code).not.toBe(0);

    const job = podsOf(manifests, 'Job/');
    expect(await startPod(job, settingsOf(job), secret).exited).toMatchObject({ code: 0 });

    const pod = await started(manifests, secret);
    await eventually('it has started', async () => (await pod.probe('startupProbe')) === 200, {
      deadlineMs: pod.patienceMs('startupProbe'),
    });
    await eventually('it is ready', async () => (await pod.probe('readinessProbe')) === 200);
    expect(await pod.probe('livenessProbe')).toBe(200);

    const headers = routeHeaders(manifests);
    expect(await new TestClient(pod.url, { socket: { headers } }).opened()).toBeDefined();
    await expect(new TestClient(pod.url).opened()).rejects.toThrow(/403/);
  });

  it('in the operator Pod of the development overlay wr-admin issues licenses and shows the cluster', async () => {
    const { manifests } = rendering('dev');
    const databaseUrl = await postgres.createDatabase();
    const secret = await mounted({ 'database-url': databaseUrl, 'redis-url': redis.url });
    const operator = podsOf(manifests, 'Deployment/white-rabbit-operator');
    const says = async (...args: string[]) => {
      const own = startPod(operator, settingsOf(operator), secret, { args });
      expect(await own.exited).toMatchObject({ code: 0 });
      return own.lines.join('\n');
    };
    const pod = await started(manifests, secret);
    await eventually('it is ready', async () => (await pod.probe('readinessProbe')) === 200, { deadlineMs: 30_000 });
    expect(JSON.parse(await says('license', 'issue', '--json'))).toHaveLength(1);
    expect(JSON.parse(await says('cluster', 'status', '--json'))).toMatchObject({
      nodes: expect.arrayContaining([expect.objectContaining({ state: 'serving', region: 'dev' })]),
    });
  });

  it('without Redis and PostgreSQL it starts, is live, and is not ready', async () => {
    const { manifests } = rendering('prod');
    const closedPort = await freePort();
    const secret = await mounted({
      'database-url': `postgresql://a:b@127.0.0.1:${closedPort}/c`,
      'redis-url': `redis://127.0.0.1:${closedPort}`,
    });
    const pod = await started(manifests, secret);
    await eventually('it has started', async () => (await pod.probe('startupProbe')) === 200, {
      deadlineMs: pod.patienceMs('startupProbe'),
    });
    expect(await pod.probe('readinessProbe')).toBe(503);
    expect(await pod.probe('livenessProbe')).toBe(200);
  });

  it('the Redis of the development overlay has no persistence and no eviction', async () => {
    const devRedis = await DevRedis.start(rendering('dev').manifests);
    cleanUp.push(() => devRedis.process.stop());
    expect(await devRedis.setting('save')).toBe('');
    expect(await devRedis.setting('appendonly')).toBe('no');
    expect(await devRedis.setting('maxmemory')).toBe(String(128 * 1024 ** 2));
    expect(await devRedis.setting('maxmemory-policy')).toBe('noeviction');
  });

  it('closes its clients with 1012 if it is stopped, and ends before the kubelet would kill it', async () => {
    const { manifests } = rendering('dev', 'gateway-api');
    const [databaseUrl, devRedis] = await Promise.all([postgres.createDatabase(), DevRedis.start(manifests)]);
    cleanUp.push(() => devRedis.process.stop());
    const pod = await started(manifests, await mounted({ 'database-url': databaseUrl, 'redis-url': devRedis.url }));
    await eventually('it is ready', async () => (await pod.probe('readinessProbe')) === 200, { deadlineMs: 30_000 });

    const licenses = await Licenses.open(databaseUrl);
    cleanUp.push(() => licenses.close());
    const clients = await Promise.all(
      (await licenses.issue({ count: 20 })).map(async ({ license_key }, index) => {
        const client = await new TestClient(pod.url, { socket: { headers: routeHeaders(manifests) } }).opened();
        await client.register({ license_key, device_id: `device-${index}-of-20`, peer_id: `peer-${index}-of-20` });
        return client;
      }),
    );

    const { terminationGracePeriodSeconds = 30 } = manifests.gatewayPods.spec;
    const slept = present(manifests.gatewayContainer.lifecycle?.preStop?.sleep?.seconds, 'there is no preStop sleep');
    const deadlineMs = (terminationGracePeriodSeconds - slept) * 1_000;
    pod.process.kill('SIGTERM');
    expect(await eventually('it is not ready any more', async () => (await pod.probe('readinessProbe')) === 503)).toBe(
      true,
    );
    expect(await within('it ends', deadlineMs, pod.process.exited)).toEqual({ code: 0, signal: null });
    for (const client of clients) expect((await client.closed()).code).toBe(1012);
  });
});
