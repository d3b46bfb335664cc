import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { eventually, TestCluster, TestClient } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { EchoGateway } from './echo-gateway.js';
import { BEHIND_HAPROXY, HaproxyFront, missingForHaproxy } from './haproxy-front.js';
import { serverConnections } from './haproxy-state.js';
import { handshake } from './tls-client.js';

let front: HaproxyFront;

describeUnless(missingForHaproxy)('HAProxy before the gateways', () => {
  const cluster = useCluster(2, { env: BEHIND_HAPROXY, direct: true });
  beforeAll(async () => {
    front = await HaproxyFront.open();
  });
  afterEach(() => front.clear());
  afterAll(async () => {
    await front.close();
  });

  it('connects two clients over TLS, and gateways refuse clients that bypass it', async () => {
    const haproxy = await front.before(cluster.gateways);
    const [alice, bob] = await Promise.all([front.client(haproxy).opened(), front.client(haproxy).opened()]);
    const him = await cluster.identity('bob');
    await bob.register(him);
    await alice.register(await cluster.identity('alice', [him.peer_id]));
    expect((await alice.next('presence')).data.peers).toEqual([{ peer_id: him.peer_id, status: 'ONLINE' }]);
    await expect(new TestClient(cluster.gateway(0).url).opened()).rejects.toThrow('403');
  });

  it('passes gateways the use of TLS and the source of a client, and removes such headers of the client', async () => {
    const upstream = await EchoGateway.start();
    const haproxy = await front.before([upstream]);
    const lies = {
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '192.0.2.7',
      forwarded: 'for=192.0.2.7;proto=http',
    };
    await expect(front.client(haproxy, { headers: lies }).opened()).rejects.toThrow('418');
    const { host: _, 'sec-websocket-key': __, ...received } = await upstream.received;
    expect(received).toEqual({
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '127.0.0.1',
      connection: expect.stringMatching(/upgrade/i),
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'white-rabbit.v1',
    });
    await upstream.stop();
  });

  it('sends a client to the gateway with the fewest connections', async () => {
    const haproxy = await front.before(cluster.gateways);
    for (let count = 0; count < 6; count += 1) await front.client(haproxy).opened();
    expect(await serverConnections(haproxy)).toEqual([3, 3]);
  });

  it('sends a client that a full gateway refuses to the next gateway, and answers 503 if there is none', async () => {
    const env = { ...BEHIND_HAPROXY, WR_MAX_CONNECTIONS: '1' };
    const small = await Promise.all([cluster.add(env), cluster.add(env)]);
    const haproxy = await front.before(small);
    await front.client(haproxy).opened();
    await front.client(haproxy).opened();
    expect(await front.ask(haproxy)).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    await Promise.all(small.map((gateway) => gateway.stop()));
  });

  it('sends no client to a gateway that is down or draining, and closes no connection for it', async () => {
    const [leaving, killed] = await Promise.all([
      cluster.add({ ...BEHIND_HAPROXY, WR_DRAIN_DELAY_SECONDS: '2', WR_DRAIN_SECONDS: '2' }),
      cluster.add(BEHIND_HAPROXY),
    ]);
    const haproxy = await front.before([leaving, killed, cluster.gateway(0)]);
    // One after the other: those that come at the same moment may be given to the same gateway.
    const early = [];
    for (let count = 0; count < 3; count += 1) early.push(await front.client(haproxy).opened());
    expect(await serverConnections(haproxy)).toEqual([1, 1, 1]);
    await killed.kill();
    const ended = leaving.stop();
    // At once, before any check has noticed: the connection that fails is made again elsewhere.
    for (let count = 0; count < 6; count += 1) await front.client(haproxy).opened();
    await ended;
    const ends = await Promise.allSettled(early.map((one) => one.closed(5_000)));
    const codes = ends.map((end) => (end.status === 'fulfilled' ? end.value.code : 'open'));
    expect(codes.sort()).toEqual([1006, 1012, 'open']);
  });

  it('answers an upgrade with 503 and Retry-After while no gateway is ready', async () => {
    const gateway = await cluster.add(BEHIND_HAPROXY);
    const haproxy = await front.before([gateway]);
    await gateway.kill();
    await eventually('HAProxy has noticed', async () => (await front.ask(haproxy)).retryAfter === '2');
    expect(await front.ask(haproxy)).toMatchObject({ status: 503, retryAfter: '2' });
  });

  it('closes a connection that sends its header in drips', async () => {
    const haproxy = await front.before([cluster.gateway(0)]);
    const socket = connectTls({ host: '127.0.0.1', port: haproxy.port, ca: front.certificate });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET /ws HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('x'), 500);
    await closed;
    clearInterval(drip);
  }, 20_000);

  it('supports TLS 1.2 and 1.3 and only HTTP/1.1', async () => {
    const haproxy = await front.before([cluster.gateway(0)]);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await handshake(haproxy.port, front.certificate, version)).toEqual({ version, alpn: 'http/1.1' });
    }
    await expect(handshake(haproxy.port, front.certificate, 'TLSv1.1')).rejects.toThrow(/alert|closed|reset/i);
  });

  it('is in front of the gateways of a suite that sets WR_TEST_THROUGH', async () => {
    process.env['WR_TEST_THROUGH'] = 'haproxy';
    const behind = await TestCluster.start(1, { env: BEHIND_HAPROXY });
    try {
      expect(behind.gateway(0).url).toMatch(/^wss:/);
      expect((await (await behind.connect('alice')).join()).event).toBe('registered');
    } finally {
      delete process.env['WR_TEST_THROUGH'];
      await behind.stop();
    }
  });

  it('writes nothing about clients', async () => {
    const haproxy = await front.before([cluster.gateway(0)]);
    const alice = await front.client(haproxy).opened();
    await alice.register(await cluster.identity('alice'));
    await alice.close();
    await expect(front.client(haproxy, { ca: 'unknown' }).opened()).rejects.toThrow();
    expect(haproxy.lines.filter((line) => !line.startsWith('[NOTICE]'))).toEqual([]);
    expect(await haproxy.metrics()).not.toContain('127.0.0.1');
  });
});
