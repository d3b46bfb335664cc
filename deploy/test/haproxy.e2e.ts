import { connect as connectTls } from 'node:tls';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import {
  DEBIAN,
  eventually,
  findProgram,
  HaproxyProcess,
  howToInstall,
  selfSignedCertificate,
  Stage,
  TestClient,
} from '@white-rabbit/testing';
import type { GatewayAddress, GatewayProcess, SelfSignedCertificate } from '@white-rabbit/testing';

import { EchoGateway } from './echo-gateway.js';
import { handshake, httpsRequest } from './tls-client.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const START_MS = 90_000;

const haproxyProgram = await findProgram(DEBIAN.haproxy.program);
const openssl = await findProgram(DEBIAN.openssl.program);
const missing = [haproxyProgram ? '' : howToInstall(DEBIAN.haproxy), openssl ? '' : howToInstall(DEBIAN.openssl)]
  .join(' ')
  .trim();

let folder: string;
let tls: SelfSignedCertificate;
let stage: Stage;
const running: HaproxyProcess[] = [];
const clients: TestClient[] = [];

/** Gateways as docker-compose.yml has them: they want to be told of TLS. */
const TRUSTING = { WR_TRUST_PROXY: 'true', WR_REGISTER_TIMEOUT_SECONDS: '60' };

describeUnless(missing)('HAProxy before the gateways', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-test-'));
    tls = await selfSignedCertificate(folder, openssl ?? '');
    stage = await Stage.open(2, { env: TRUSTING, direct: true });
  }, START_MS);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(running.splice(0).map((haproxy) => haproxy.stop()));
  });
  afterAll(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  }, START_MS);

  it('lets two clients meet over TLS, and gateways refuse who comes past it', async () => {
    const haproxy = await before(...stage.cluster.gateways);
    const [alice, bob] = await Promise.all([client(haproxy).opened(), client(haproxy).opened()]);
    const him = await stage.identity('bob');
    await bob.register(him);
    await alice.register(await stage.identity('alice', [him.peer_id]));
    expect((await alice.next('presence')).data.peers).toEqual([{ peer_id: him.peer_id, status: 'ONLINE' }]);
    await expect(new TestClient(stage.cluster.gateway(0).url).opened()).rejects.toThrow('403');
  });

  it('tells gateways of TLS, whatever the client says of itself, and not where it comes from', async () => {
    const upstream = await EchoGateway.start();
    const haproxy = await before(upstream);
    const lies = {
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '192.0.2.7',
      'x-forwarded-host': 'evil.example',
      'x-real-ip': '192.0.2.7',
      forwarded: 'for=192.0.2.7;proto=http',
    };
    await expect(client(haproxy, { headers: lies }).opened()).rejects.toThrow('418');
    const { host: _, 'sec-websocket-key': __, ...heard } = await upstream.heard;
    expect(heard).toEqual({
      'x-forwarded-proto': 'https',
      connection: expect.stringMatching(/upgrade/i),
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-protocol': 'white-rabbit.v1',
    });
    await upstream.stop();
  });

  it('sends a client to the gateway that has the fewest', async () => {
    const haproxy = await before(...stage.cluster.gateways);
    for (let count = 0; count < 6; count += 1) await client(haproxy).opened();
    expect(await sessionsOf(haproxy)).toEqual([3, 3]);
  });

  it('sends a client that is refused for lack of room to the next one, and says 503 where there is none', async () => {
    const env = { ...TRUSTING, WR_MAX_CONNECTIONS: '1' };
    const small = await Promise.all([stage.cluster.add(env), stage.cluster.add(env)]);
    const haproxy = await before(...small);
    await client(haproxy).opened();
    await client(haproxy).opened();
    expect(await ask(haproxy)).toEqual({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    await Promise.all(small.map((gateway) => gateway.stop()));
  });

  it('sends nobody to a gateway that is gone or about to go, and closes nobody for it', async () => {
    const [leaving, killed] = await Promise.all([
      stage.cluster.add({ ...TRUSTING, WR_DRAIN_DELAY_SECONDS: '2', WR_DRAIN_SECONDS: '2' }),
      stage.cluster.add(TRUSTING),
    ]);
    const haproxy = await before(leaving, killed, stage.cluster.gateway(0));
    const early = await Promise.all([client(haproxy).opened(), client(haproxy).opened(), client(haproxy).opened()]);
    expect(await sessionsOf(haproxy)).toEqual([1, 1, 1]);
    await killed.kill();
    const ended = leaving.stop();
    // At once, before any check has noticed: the connection that fails is made again elsewhere.
    for (let count = 0; count < 6; count += 1) await client(haproxy).opened();
    await ended;
    const ends = await Promise.allSettled(early.map((one) => one.closed(1_000)));
    const codes = ends.map((end) => (end.status === 'fulfilled' ? end.value.code : 'open'));
    expect(codes.sort()).toEqual([1006, 1012, 'open']);
  });

  it('says 503 and when to come back where no gateway is ready; /healthz says so to geo-DNS', async () => {
    const gateway = await stage.cluster.add(TRUSTING);
    const haproxy = await before(gateway);
    expect(await ask(haproxy, '/healthz')).toMatchObject({ status: 200 });
    await gateway.kill();
    await eventually('HAProxy has noticed', async () => (await ask(haproxy, '/healthz')).status === 503);
    expect(await ask(haproxy)).toEqual({ status: 503, retryAfter: '2' });
  });

  it('cuts off who sends a header in drips', async () => {
    const haproxy = await before(stage.cluster.gateway(0));
    const socket = connectTls({ host: '127.0.0.1', port: haproxy.port, ca: tls.certificate });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.resume();
    socket.write('GET /ws HTTP/1.1\r\n');
    const drip = setInterval(() => socket.write('x'), 500);
    await closed;
    clearInterval(drip);
  }, 20_000);

  it('speaks TLS 1.2 and 1.3, HTTP/1.1 alone', async () => {
    const haproxy = await before(stage.cluster.gateway(0));
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      expect(await handshake(haproxy.port, tls.certificate, version)).toEqual({ version, alpn: 'http/1.1' });
    }
    await expect(handshake(haproxy.port, tls.certificate, 'TLSv1.1')).rejects.toThrow(/alert|closed|reset/i);
  });

  it('is what the clients of a suite go through that asks for it', async () => {
    process.env['WR_TEST_THROUGH'] = 'haproxy';
    const behind = await Stage.open(1, { env: TRUSTING });
    try {
      expect(behind.cluster.gateway(0).url).toMatch(/^wss:/);
      expect((await (await behind.stranger('alice')).join()).event).toBe('registered');
    } finally {
      delete process.env['WR_TEST_THROUGH'];
      await behind.close();
    }
  });

  it('writes nothing of those who come', async () => {
    const haproxy = await before(stage.cluster.gateway(0));
    const alice = await client(haproxy).opened();
    await alice.register(await stage.identity('alice'));
    await alice.close();
    await expect(client(haproxy, { ca: 'nobody' }).opened()).rejects.toThrow();
    expect(haproxy.lines.filter((line) => !line.startsWith('[NOTICE]'))).toEqual([]);
    expect(await haproxy.metrics()).not.toContain('127.0.0.1');
  });
});

async function before(...gateways: readonly (GatewayProcess | GatewayAddress)[]): Promise<HaproxyProcess> {
  const addresses = gateways.map(({ port, adminPort }) => ({ port, adminPort }));
  const haproxy = await HaproxyProcess.start({
    command: haproxyProgram ?? '',
    pemFile: tls.pemFile,
    gateways: addresses,
  });
  running.push(haproxy);
  return haproxy;
}

function client(haproxy: HaproxyProcess, more: { headers?: Record<string, string>; ca?: string } = {}): TestClient {
  const made = new TestClient(haproxy.url, { socket: { ca: tls.certificate, ...more } });
  clients.push(made);
  return made;
}

/** How a WebSocket handshake, or a plain request to another path, is answered by HTTP. */
async function ask(haproxy: HaproxyProcess, path = '/ws'): Promise<{ status: number; retryAfter: string | undefined }> {
  const { status, headers } = await httpsRequest(haproxy.port, tls.certificate, path);
  return { status, retryAfter: headers['retry-after'] };
}

/** Open connections of each server, in their order. */
async function sessionsOf(haproxy: HaproxyProcess): Promise<number[]> {
  const text = await haproxy.metrics();
  return [...text.matchAll(/^haproxy_server_current_sessions\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
}
