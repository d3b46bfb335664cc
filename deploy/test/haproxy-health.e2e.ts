import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, type HaproxyProcess } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { BEHIND_HAPROXY, HaproxyFront, missingForHaproxy } from './haproxy-front.js';

let front: HaproxyFront;

describeUnless(missingForHaproxy)('GET /healthz through HAProxy', () => {
  const cluster = useCluster(2, { env: BEHIND_HAPROXY, direct: true, breakable: true });
  beforeAll(async () => {
    front = await HaproxyFront.open();
  });
  afterEach(() => front.clear());
  afterAll(async () => {
    await front.close();
  });

  it('is 200 while one of two gateways is ready and 503 without one, and has no body', async () => {
    const [leaving, last] = await Promise.all([cluster.add(), cluster.add()]);
    const haproxy = await front.before([leaving, last]);
    expect(await front.ask(haproxy, '/healthz')).toEqual({ status: 200, retryAfter: undefined, body: '' });
    await leaving.stop();
    expect(await front.ask(haproxy, '/healthz')).toMatchObject({ status: 200 });
    await last.kill();
    await becomes(haproxy, 503);
    expect(await front.ask(haproxy, '/healthz')).toEqual({ status: 503, retryAfter: undefined, body: '' });
  });

  it('is 503 while the gateways cannot use Redis, so that DNS leaves the region, and 200 again after it', async () => {
    const haproxy = await front.before(cluster.gateways.slice(0, 2));
    const client = await front.client(haproxy).opened();
    await client.register(await cluster.identity('alice'));
    await cluster.faults.redis.stop();
    await becomes(haproxy, 503);
    // Connected clients stay.
    await client.roundTrip();
    await cluster.faults.redis.restartEmpty();
    await becomes(haproxy, 200);
  });
});

function becomes(haproxy: HaproxyProcess, status: number): Promise<unknown> {
  const isSo = async (): Promise<boolean> => (await front.ask(haproxy, '/healthz')).status === status;
  return eventually(`/healthz is ${status}`, isSo, { deadlineMs: 30_000 });
}
