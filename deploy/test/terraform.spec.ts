import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { findProgram, REPOSITORY_ROOT } from '@white-rabbit/testing';

const run = promisify(execFile);

const terraform = await findProgram('terraform');
if (terraform === undefined) process.stderr.write('Skipped: the form of deploy/dns. terraform is missing.\n');

(terraform === undefined ? describe.skip : describe)('The example for geo-DNS', () => {
  it('is written as terraform fmt writes it', async () => {
    const { stdout } = await run(terraform ?? '', ['fmt', '-check', '-recursive', '-list=true'], {
      cwd: join(REPOSITORY_ROOT, 'deploy/dns'),
    });
    expect(stdout).toBe('');
  });
});
