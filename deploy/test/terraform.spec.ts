import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { findProgram, REPOSITORY_ROOT } from '@white-rabbit/testing';
import { describeUnless } from '@white-rabbit/testing/describe-unless';

const run = promisify(execFile);

const terraform = await findProgram('terraform');

describeUnless(terraform === undefined ? 'terraform is missing.' : '')('The example for geo-DNS', () => {
  it('is written as terraform fmt writes it', async () => {
    const { stdout } = await run(terraform ?? '', ['fmt', '-check', '-recursive', '-list=true'], {
      cwd: join(REPOSITORY_ROOT, 'deploy/dns'),
    });
    expect(stdout).toBe('');
  });
});

describe('The health check of geo-DNS', () => {
  it('asks the public port of each region for /healthz over TLS', async () => {
    const text = await readFile(join(REPOSITORY_ROOT, 'deploy/dns/main.tf'), 'utf8');
    expect(text).toMatch(/^ +type += "HTTPS"$/m);
    expect(text).toMatch(/^ +resource_path += "\/healthz"$/m);
  });
});
