import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEBIAN, findProgram, howToInstall, REPOSITORY_ROOT, selfSignedCertificate } from '@white-rabbit/testing';
import { readComposeFile, serviceOf, type ComposeService } from './compose-file.js';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const run = promisify(execFile);
const FOLDER = join(REPOSITORY_ROOT, 'deploy/haproxy');

const haproxy = await findProgram(DEBIAN.haproxy.program);
const openssl = await findProgram(DEBIAN.openssl.program);
const isHere = haproxy !== undefined && openssl !== undefined;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wr-haproxy-config-'));
});
afterAll(() => rm(folder, { recursive: true }));

describeUnless(isHere ? '' : `${howToInstall(DEBIAN.haproxy)} ${howToInstall(DEBIAN.openssl)}`)('HAProxy', () => {
  it('accepts the settings of docker-compose.yml without a warning', async () => {
    const { pemFile } = await selfSignedCertificate(folder, openssl ?? '');
    const { command = [], environment } = serviceOf(await readComposeFile(), 'haproxy');
    const args = command.slice(1).map((part) => part.replace('/etc/white-rabbit', FOLDER));
    const env = {
      ...given(environment),
      WR_HAPROXY_CERTIFICATE: pemFile,
      WR_HAPROXY_SOCKET: join(folder, 'admin.sock'),
    };
    const { stdout, stderr } = await run(haproxy ?? '', ['-c', ...args], { env });
    expect(`${stdout}${stderr}`.trim()).toBe('Configuration file is valid');
  });
});

describe('The configuration of HAProxy', () => {
  it('keeps connections from before a reload open for hours', async () => {
    const text = await readFile(join(FOLDER, 'haproxy.cfg'), 'utf8');
    expect(text).toMatch(/^ +presetenv WR_HAPROXY_HARD_STOP_AFTER "[1-9]\d*h"$/m);
    expect(text).toMatch(/^ +hard-stop-after "\$WR_HAPROXY_HARD_STOP_AFTER"$/m);
  });

  it('needs no more file descriptors than docker-compose.yml gives HAProxy', async () => {
    const text = await readFile(join(FOLDER, 'haproxy.cfg'), 'utf8');
    const [, wanted] = /presetenv WR_HAPROXY_DESCRIPTORS "(\d+)"/.exec(text) ?? [];
    expect(serviceOf(await readComposeFile(), 'haproxy').ulimits?.nofile).toBe(Number(wanted));
  });

  it('has every setting that docker-compose.yml sets', async () => {
    const text = await readFile(join(FOLDER, 'haproxy.cfg'), 'utf8');
    const settings = [...text.matchAll(/presetenv (\w+) /g)].map(([, name]) => name);
    const { environment = {} } = serviceOf(await readComposeFile(), 'haproxy');
    expect(settings).toEqual(expect.arrayContaining(Object.keys(environment)));
  });

  it('names the gateways of docker-compose.yml', async () => {
    const { services } = await readComposeFile();
    const text = await readFile(join(FOLDER, 'compose.cfg'), 'utf8');
    const named = [...text.matchAll(/^ +server (\S+) (\S+):8080 check$/gm)].map(([, , host]) => host);
    expect(named).toEqual(Object.keys(services).filter((name) => name.startsWith('gateway')));
  });

  it('has no log, so that no address of a client is stored', async () => {
    for (const file of ['haproxy.cfg', 'compose.cfg']) {
      expect(await readFile(join(FOLDER, file), 'utf8')).not.toMatch(
        /^\s*(log\b|option +(httplog|tcplog|forwardfor))/m,
      );
    }
  });
});

/** The variables of a service that have a value in the file; the others come from .env or the shell. */
function given(environment: ComposeService['environment'] = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== null),
  );
}
