import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, freePort, type HaproxyProcess } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { EchoGateway } from './echo-gateway.js';
import { Flood } from './flood.js';
import { BEHIND_HAPROXY, HaproxyFront, missingForHaproxy } from './haproxy-front.js';
import { clientConnections, deniedConnections, metricOf } from './haproxy-state.js';

/** Sources of the tests. All of 127.0.0.0/8 is this machine. */
const ONE = '127.0.0.2';
const OTHER = '127.0.0.3';

/** Twice the default of WR_HAPROXY_SOURCE_RATE: what HAProxy accepts at most of a flood of a few seconds. */
const ACCEPTED = 2_000;

let front: HaproxyFront;

describeUnless(missingForHaproxy)('HAProxy limits a source', () => {
  const cluster = useCluster(1, { env: BEHIND_HAPROXY, direct: true });
  beforeAll(async () => {
    front = await HaproxyFront.open();
  });
  afterEach(() => front.clear());
  afterAll(async () => {
    await front.close();
  });

  it('to a number of open connections, and another source connects all the same', async () => {
    const haproxy = await front.before(cluster.gateways, { env: { WR_HAPROXY_SOURCE_CONNECTIONS: '2' } });
    const [first] = [await opened(ONE), await opened(ONE)];
    await expect(opened(ONE)).rejects.toThrow();
    await opened(OTHER);
    await first.close();
    await eventually('HAProxy has two connections', async () => (await clientConnections(haproxy)) === 2);
    await opened(ONE);

    function opened(localAddress: string) {
      return front.client(haproxy, { localAddress }).opened();
    }
  });

  it.each(['127.0.0.1', '[::]'])('to a number of new connections in 10 s, at a socket bound to %s', async (host) => {
    const port = await freePort();
    const env = { WR_HAPROXY_SOURCE_RATE: '5', WR_HAPROXY_BIND: `${host}:${port}` };
    const haproxy = await front.before(cluster.gateways, { port, env });
    const accepted = await openUntilRefused(haproxy);
    // HAProxy estimates a rate from two periods, and may start a new one meanwhile.
    expect(accepted).toBeGreaterThanOrEqual(5);
    expect(accepted).toBeLessThanOrEqual(10);
    await front.client(haproxy, { localAddress: OTHER }).opened();
  });

  it('without writing down or showing where clients come from', async () => {
    const haproxy = await front.before(cluster.gateways, { env: { WR_HAPROXY_SOURCE_RATE: '2' } });
    await openUntilRefused(haproxy);
    expect(await deniedConnections(haproxy)).toBe(1);
    expect(haproxy.lines.filter((line) => !line.startsWith('[NOTICE]'))).toEqual([]);
    expect(`${haproxy.lines.join()}${await haproxy.metrics()}`).not.toContain(ONE);
  });

  it('so that a known device of another source registers while one source asks for 2,000 WebSockets a second', async () => {
    const haproxy = await front.before(cluster.gateways);
    const device = await cluster.identity('alice');
    const before = await front.client(haproxy, { localAddress: OTHER }).opened();
    await before.register(device);
    await before.close();

    const flood = new Flood({ port: haproxy.port, source: ONE, perSecond: 2_000, count: 6_000 });
    await flood.report(({ attempts }) => attempts > ACCEPTED);
    const client = await front.client(haproxy, { localAddress: OTHER }).opened();
    await client.register(device);
    const { attempts, upgraded } = await flood.report(({ isOver }) => isOver);

    await eventually('HAProxy has refused the rest', async () => {
      return (await deniedConnections(haproxy)) >= attempts - ACCEPTED;
    });
    expect(upgraded).toBeLessThanOrEqual(ACCEPTED);
    await client.roundTrip();
    await flood.stop();
  });
});

describeUnless(missingForHaproxy)('HAProxy', () => {
  beforeAll(async () => {
    front = await HaproxyFront.open();
  });
  afterAll(() => front.close());

  it('passes a gateway the IPv4 source of a client in IPv4 form, also from an IPv6 socket', async () => {
    const upstream = await EchoGateway.start();
    const port = await freePort();
    const haproxy = await front.before([upstream], { port, env: { WR_HAPROXY_BIND: `[::]:${port}` } });
    await expect(front.client(haproxy, { localAddress: ONE }).opened()).rejects.toThrow('418');
    expect((await upstream.received)['x-forwarded-for']).toBe(ONE);
    await upstream.stop();
  });

  it('starts under a limit of 20,000 file descriptors, and takes as many clients as fit into it', async () => {
    const haproxy = await front.before([{ port: 1 }], { descriptors: 20_000 });
    const most = await metricOf(haproxy, 'haproxy_process_max_connections');
    expect(most).toBeGreaterThan(9_500);
    expect(most).toBeLessThanOrEqual(10_000);
  });
});

/** Opens connections of `ONE` until one is refused. @returns how many were accepted; at most 50 are tried. */
async function openUntilRefused(haproxy: HaproxyProcess): Promise<number> {
  for (let accepted = 0; accepted < 50; accepted += 1) {
    try {
      await front.client(haproxy, { localAddress: ONE }).opened();
    } catch {
      return accepted;
    }
  }
  throw new Error('No connection was refused.');
}
