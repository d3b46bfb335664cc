import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall, REPOSITORY_ROOT, selfSignedCertificate } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const run = promisify(execFile);
const PROGRAM = join(REPOSITORY_ROOT, 'deploy/test/ipv6-sources.mjs');

const programs = [DEBIAN.haproxy, DEBIAN.openssl, DEBIAN.iproute, DEBIAN.unshare];
const found = await Promise.all(programs.map(({ program }) => findProgram(program)));
const [haproxy = '', openssl = '', , unshare = ''] = found;
const missing = programs.filter((_, index) => found[index] === undefined).map(howToInstall);
if (process.getuid?.() !== 0) missing.push('Only root can make a network namespace.');
if (!existsSync('/proc/net/if_inet6')) missing.push('This kernel has no IPv6.');

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-ipv6-'));
});
afterAll(() => rm(folder, { recursive: true }));

describeUnless(missing.join(' '))('HAProxy', () => {
  it('counts all addresses of one IPv6 /64 as one source', async () => {
    const gateways = join(folder, 'gateways.cfg');
    await writeFile(gateways, 'backend gateways from gateways\n    server nowhere 127.0.0.1:1 disabled\n');
    const { pemFile } = await selfSignedCertificate(folder, openssl);
    const env = {
      PATH: process.env['PATH'],
      WR_HAPROXY_CERTIFICATE: pemFile,
      WR_HAPROXY_SOCKET: join(folder, 'admin.sock'),
      WR_HAPROXY_SOURCE_RATE: '3',
    };
    const oneNetwork = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((last) => `2001:db8:1::${last}`);
    const args = ['--net', process.execPath, PROGRAM, haproxy, gateways, ...oneNetwork, '2001:db8:1:1::1'];
    const { stdout } = await run(unshare, args, { env });
    const answers = JSON.parse(stdout) as readonly unknown[];
    // HAProxy estimates a rate from two periods: of nine it refuses the last for certain.
    expect([...answers.slice(0, 3), ...answers.slice(8)]).toEqual([503, 503, 503, 'refused', 503]);
  });
});
