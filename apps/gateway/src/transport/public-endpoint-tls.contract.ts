import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, within } from '@white-rabbit/testing';
import { startEndpoint, type TestEndpoint } from '../../test/unit/endpoint.js';

const HANDSHAKE_MS = 5_000;
/** Files are checked every 2 s. */
const RENEWAL_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'wr-tls-'));
const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
let at: TestEndpoint;

beforeAll(async () => {
  renew('first');
  at = await startEndpoint({ WR_TLS_CERT_FILE: certFile, WR_TLS_KEY_FILE: keyFile });
});
afterAll(() => {
  at.close();
  rmSync(folder, { recursive: true });
});

/** Installs a new certificate with a key that would allow RSA key exchange. */
function renew(name: string): void {
  const files = ['-keyout', `${keyFile}.new`, '-out', `${certFile}.new`];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${name}`];
  execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
  renameSync(`${keyFile}.new`, keyFile);
  renameSync(`${certFile}.new`, certFile);
}

/**
 * The cipher suite and the certificate's name that a client with these options negotiates. Rejects if the handshake
 * fails.
 */
async function shakeHands(wishes: ConnectionOptions): Promise<{ suite: string; name: string }> {
  const socket = connect({ port: at.port, host: '127.0.0.1', rejectUnauthorized: false, ...wishes });
  try {
    await within('the handshake ends', HANDSHAKE_MS, once(socket, 'secureConnect'));
    return { suite: socket.getCipher().name, name: String(socket.getPeerCertificate().subject.CN) };
  } finally {
    socket.destroy();
  }
}

const TLS12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;

/** Key exchange by RSA; forward secrecy without authenticated encryption. */
const REFUSED = ['AES128-SHA256', 'AES128-GCM-SHA256', 'AES256-SHA', 'ECDHE-RSA-AES128-SHA256'];
const TAKEN = ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-RSA-CHACHA20-POLY1305'];

describe.each(['first', 'renewed'])('A gateway with its %s certificate', (name) => {
  beforeAll(async () => {
    if (name === 'first') return;
    renew(name);
    await eventually('the certificate is read', async () => (await shakeHands({})).name === name, {
      deadlineMs: RENEWAL_MS,
    });
  }, RENEWAL_MS + 20_000);

  it.each(REFUSED)('refuses a client that offers only %s', async (ciphers) => {
    await expect(shakeHands({ ...TLS12, ciphers })).rejects.toMatchObject({
      code: expect.stringMatching(/^E(PROTO|CONNRESET)|SSL/),
    });
  });

  it.each(TAKEN)('accepts a client that offers only %s', async (ciphers) => {
    expect(await shakeHands({ ...TLS12, ciphers })).toEqual({ suite: ciphers, name });
  });

  it('accepts a client of TLS 1.3', async () => {
    expect((await shakeHands({ minVersion: 'TLSv1.3' })).suite).toMatch(/^TLS_/);
  });
});
