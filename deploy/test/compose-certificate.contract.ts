import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall } from '@white-rabbit/testing';
import { readComposeFile, serviceOf } from './compose-file.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const run = promisify(execFile);

const openssl = await findProgram(DEBIAN.openssl.program);
const isRoot = process.getuid?.() === 0;
const openSslMissing = openssl === undefined ? howToInstall(DEBIAN.openssl) : '';
const missing = isRoot ? openSslMissing : 'Only root can give a file to the user of HAProxy.';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wr-compose-tls-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What the service runs, with its volume at another place; `$$` is how compose writes `$`. */
async function runService(): Promise<void> {
  const { entrypoint = [], command = [] } = serviceOf(await readComposeFile(), 'certificate');
  const [shell = '', ...args] = [...entrypoint, ...command].map((part) =>
    part.replaceAll('$$', '$').replaceAll('/tls', folder),
  );
  await run(shell, args);
}

const certificate = async () => new X509Certificate(await readFile(join(folder, 'localhost.crt')));

describeUnless(missing)('The certificate of docker compose up', () => {
  it('is for localhost, and its key belongs to it and to HAProxy alone', async () => {
    await runService();
    const made = await certificate();
    expect(made.checkHost('localhost')).toBe('localhost');
    expect(made.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(made.checkIP('::1')).toBeDefined();
    const pem = await readFile(join(folder, 'localhost.pem'), 'utf8');
    expect(() => createSecureContext({ cert: pem, key: pem })).not.toThrow();
    const { mode, uid, gid } = await stat(join(folder, 'localhost.pem'));
    expect({ mode: mode & 0o777, uid, gid }).toEqual({ mode: 0o600, uid: 99, gid: 99 });
    expect((await stat(join(folder, 'localhost.crt'))).mode & 0o777).toBe(0o444);
  });

  it('is made at the first start only', async () => {
    await runService();
    const first = await certificate();
    await runService();
    expect((await certificate()).fingerprint256).toBe(first.fingerprint256);
  });
});
