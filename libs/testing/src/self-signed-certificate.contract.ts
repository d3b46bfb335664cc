import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from './debian-program.js';
import { selfSignedCertificate } from './self-signed-certificate.js';
import { describeUnless } from './describe-unless.js';

const run = promisify(execFile);

const openssl = await findProgram(DEBIAN.openssl.program);

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wr-certificate-'));
});
afterEach(() => rm(folder, { recursive: true }));

const make = () => selfSignedCertificate(folder, openssl ?? '');

describeUnless(openssl === undefined ? howToInstall(DEBIAN.openssl) : '')('A certificate that signs itself', () => {
  it('A self-signed certificate is valid for this machine, and only its owner can read its key', async () => {
    const { certificate, certificateFile, pemFile } = await make();
    const read = new X509Certificate(certificate);
    expect([read.checkHost('localhost'), read.checkIP('127.0.0.1')]).toEqual(['localhost', '127.0.0.1']);
    expect(await readFile(certificateFile, 'utf8')).toBe(certificate);
    expect(certificate).not.toContain('PRIVATE');
    const pem = await readFile(pemFile);
    expect(() => createSecureContext({ cert: pem, key: pem })).not.toThrow();
    expect((await stat(pemFile)).mode & 0o777).toBe(0o600);
  });

  it('A self-signed certificate is used again', async () => {
    expect((await make()).certificate).toBe((await make()).certificate);
  });

  it('A self-signed certificate is created again when it expires soon', async () => {
    const { pemFile } = await make();
    const short = [
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      pemFile,
      '-out',
      pemFile,
      '-days',
      '3',
      '-subj',
      '/CN=x',
    ];
    await run(openssl ?? '', ['req', '-x509', ...short]);
    const { certificate } = await make();
    expect(new X509Certificate(certificate).subject).toBe('CN=localhost');
  });
});
