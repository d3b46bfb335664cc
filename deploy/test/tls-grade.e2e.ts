import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayProcess, HaproxyProcess, within } from '@white-rabbit/testing';
import { findProgram } from '@white-rabbit/testing/debian-program';
import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { type CertificateChain, makeChain } from './certificate-chain.js';
import { STRONG, WEAK } from './cipher-suites.js';
import { offerTls } from './client-hello.js';
import { missingForHaproxy } from './haproxy-front.js';

/** Numbers of alerts (RFC 8446, section 6). */
const HANDSHAKE_FAILURE = 40;
const PROTOCOL_VERSION = 70;

const RENEGOTIATION_MS = 10_000;

const strong = STRONG.map(([number]) => number);
/** The same version rules apply to each suite: the old versions have no strong one. */
const any = [...strong, ...Object.values(WEAK).flatMap((suites) => suites.map(([number]) => number))];

describeUnless(missingForHaproxy)('TLS for clients', () => {
  const cluster = useCluster(1, { direct: true });
  const chains = new Map<string, CertificateChain>();
  const ports = new Map<string, number>();
  const stops: (() => Promise<unknown>)[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wr-tls-grade-'));
    const command = (await findProgram('haproxy')) ?? '';
    // A certificate of each kind: which suites a server has depends on it.
    for (const keyType of ['ec', 'rsa'] as const) {
      const chain = await makeChain(folder, keyType);
      chains.set(keyType, chain);
      const env = { ...cluster.env, WR_TLS_CERT_FILE: chain.chainFile, WR_TLS_KEY_FILE: chain.keyFile };
      const [native, haproxy] = await Promise.all([
        GatewayProcess.start({ env }),
        HaproxyProcess.start({ command, pemFile: chain.pemFile, gateways: cluster.gateways }),
      ]);
      stops.push(
        () => native.stop(),
        () => haproxy.stop(),
      );
      ports.set(`a gateway, ${keyType}`, native.port).set(`HAProxy, ${keyType}`, haproxy.port);
    }
  }, 120_000);

  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await rm(folder, { recursive: true });
  });

  describe.each([
    ['a gateway', 'ec'],
    ['a gateway', 'rsa'],
    ['HAProxy', 'ec'],
    ['HAProxy', 'rsa'],
  ] as const)('of %s with a certificate of type %s', (listener, keyType) => {
    const port = () => ports.get(`${listener}, ${keyType}`) ?? 0;

    it.each(['SSLv3', 'TLSv1', 'TLSv1.1'] as const)('refuses %s with every suite', async (version) => {
      const answer = await offerTls(port(), { version, suites: any });
      // The suites of SSL 3.0 are looked at first.
      const alert = version === 'SSLv3' ? HANDSHAKE_FAILURE : PROTOCOL_VERSION;
      expect(answer).toEqual({ kind: 'refused', alert });
    });

    it.each(Object.entries(WEAK))('refuses suites with this weakness: %s', async (_, suites) => {
      for (const [number] of suites)
        expect(await offerTls(port(), { version: 'TLSv1.2', suites: [number] })).toEqual({
          kind: 'refused',
          alert: HANDSHAKE_FAILURE,
        });
    });

    it('accepts the strong suites of its certificate, alone and among all others', async () => {
      const taken: number[] = [];
      for (const number of strong) {
        const answer = await offerTls(port(), { version: 'TLSv1.2', suites: [number] });
        if (answer.kind === 'hello') taken.push(answer.suite);
      }
      expect(taken).toEqual(
        strong.filter((number) => suiteName(number).includes(keyType === 'ec' ? '_ECDSA_' : '_RSA_')),
      );
      const answer = await offerTls(port(), { version: 'TLSv1.2', suites: [...any].reverse() });
      expect(answer).toMatchObject({ kind: 'hello', version: 0x0303 });
      expect(taken).toContain(answer.kind === 'hello' ? answer.suite : 0);
    });

    it('compresses nothing, and knows secure renegotiation', async () => {
      expect(await offerTls(port(), { version: 'TLSv1.2', suites: strong, compression: true })).toMatchObject({
        kind: 'hello',
        compression: 0,
        renegotiationInfo: true,
      });
    });

    it('refuses a renegotiation by the client', async () => {
      expect(await renegotiate(port())).toContain('no renegotiation');
    });

    it('sends the whole chain: a client needs the root only', async () => {
      const ca = readFileSync(chains.get(keyType)?.rootFile ?? '');
      const socket = connect({ host: '127.0.0.1', port: port(), ca, servername: 'localhost' });
      await once(socket, 'secureConnect');
      expect([socket.authorized, socket.getProtocol()]).toEqual([true, 'TLSv1.3']);
      socket.destroy();
    });
  });
});

function suiteName(number: number): string {
  return STRONG.find(([known]) => known === number)?.[1] ?? '';
}

/** What openssl reports when it asks for a renegotiation in a session of TLS 1.2. */
async function renegotiate(port: number): Promise<string> {
  const client = spawn('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-tls1_2']);
  let output = '';
  const ended = once(client, 'close');
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (bytes: Buffer) => {
      const before = output;
      output += bytes.toString();
      const isNew = (text: string) => output.includes(text) && !before.includes(text);
      // A line with R alone, once the session is open.
      if (isNew('Verify return code')) client.stdin.write('R\n');
      // An accepted renegotiation verifies the certificate again: then openssl would wait for more.
      if (before.includes('RENEGOTIATING')) client.stdin.end();
    });
  await within('openssl ends', RENEGOTIATION_MS, ended).finally(() => client.kill());
  return output.slice(output.indexOf('RENEGOTIATING'));
}
