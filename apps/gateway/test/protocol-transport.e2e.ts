import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { connect, eventually, type GatewayProcess } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RawSocket, rawFrame, TEXT } from './raw-socket.js';
import { GENEROUS } from './settings.js';
import { upgrade } from './upgrade-request.js';

const cluster = useCluster(1, { env: GENEROUS });

const port = () => cluster.gateway(0).port;

/** Starts a gateway with its own settings for one test. */
async function withGateway(
  env: Record<string, string>,
  use: (gateway: GatewayProcess) => Promise<void>,
): Promise<void> {
  const gateway = await cluster.add(env);
  try {
    await use(gateway);
  } finally {
    await gateway.stop();
  }
}

describe('An upgrade', () => {
  it.each(['//ws', '//', '/../ws'])('at %s is refused with 404', async (path) => {
    expect(await upgrade(port(), path)).toMatchObject({ status: 404 });
  });

  it('of another version is refused with 400 and the supported version in a header', async () => {
    const { status, headers } = await upgrade(port(), '/ws', { 'sec-websocket-version': '12' });
    expect([status, headers['sec-websocket-version']]).toEqual([400, '13']);
  });

  it('from any origin is accepted if no list is set', async () => {
    expect(await upgrade(port(), '/ws', { origin: 'https://anywhere.example' })).toMatchObject({ status: 101 });
  });
});

describe('A frame', () => {
  it('of 900 bytes that arrive one by one is handled', async () => {
    const raw = await RawSocket.upgraded(cluster.gateway(0).port);
    for (const byte of rawFrame(TEXT, Buffer.from(`{"event":"heartbeat","data":{"more":"${'x'.repeat(860)}"}}`))) {
      raw.send(Buffer.from([byte]));
      // Slow enough that the gateway reads the bytes one by one.
      await sleep(1);
    }
    const answered = eventually('it is answered', () => raw.received.includes('"event":"heartbeat"'));
    await answered.finally(() => {
      raw.reset();
    });
  });
});

describe('A gateway with allowed origins', () => {
  it('refuses other origins with 403, and accepts clients without an Origin', async () => {
    await withGateway({ WR_ALLOWED_ORIGINS: 'https://one.example,https://two.example' }, async ({ port }) => {
      expect(await upgrade(port, '/ws', { origin: 'https://two.example' })).toMatchObject({ status: 101 });
      expect(await upgrade(port, '/ws', { origin: 'https://three.example' })).toMatchObject({ status: 403 });
      expect(await upgrade(port, '/ws', { origin: 'null' })).toMatchObject({ status: 403 });
      expect(await upgrade(port)).toMatchObject({ status: 101 });
    });
  });
});

describe('A gateway behind a proxy that terminates TLS', () => {
  it('refuses plain text with 403', async () => {
    await withGateway({ WR_TRUST_PROXY: 'true' }, async ({ port }) => {
      expect(await upgrade(port)).toMatchObject({ status: 403 });
      expect(await upgrade(port, '/ws', { 'x-forwarded-proto': 'http' })).toMatchObject({ status: 403 });
      expect(await upgrade(port, '/ws', { 'x-forwarded-proto': 'https' })).toMatchObject({ status: 101 });
    });
  });
});

describe('A gateway at its limits', () => {
  it('refuses upgrades with 503 and Retry-After until there is capacity', async () => {
    await withGateway({ WR_MAX_CONNECTIONS: '2' }, async (gateway) => {
      const [one, two] = await Promise.all([connect(gateway.url), connect(gateway.url)]);
      const { status, headers } = await upgrade(gateway.port);
      expect([status, Number(headers['retry-after']) > 0]).toEqual([503, true]);
      await one.close();
      await eventually('there is capacity', async () => (await upgrade(gateway.port)).status === 101);
      await two.close();
    });
  });

  it('refuses upgrades with 503 if they arrive faster than configured', async () => {
    await withGateway({ WR_CONNECT_RATE: '1' }, async ({ port }) => {
      const answers = await Promise.all(Array.from({ length: 30 }, () => upgrade(port)));
      const refused = answers.filter(({ status }) => status === 503);
      expect(refused.length).toBeGreaterThan(15);
      expect(answers.filter(({ status }) => status === 101).length).toBeGreaterThanOrEqual(2);
      for (const { headers } of refused) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    });
  });

  it('closes the oldest unregistered socket with 1013 if there are too many', async () => {
    await withGateway({ WR_MAX_UNREGISTERED: '2' }, async (gateway) => {
      const oldest = await connect(gateway.url);
      const others = [await connect(gateway.url), await connect(gateway.url)];
      expect(await oldest.closed()).toMatchObject({ code: 1013 });
      for (const client of others) await client.close();
    });
  });
});

describe('A gateway with a certificate', () => {
  it('accepts TLS only', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'white-rabbit-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', cert, '-days', '2', ...subject]);
    await withGateway({ WR_TLS_CERT_FILE: cert, WR_TLS_KEY_FILE: key }, async (gateway) => {
      const alice = await connect(gateway.url, { socket: { ca: await readFile(cert) } });
      await alice.register(await cluster.identity('alice'));
      await alice.close();
      await expect(upgrade(gateway.port)).rejects.toThrow();
    });
    await rm(folder, { recursive: true });
  });
});
