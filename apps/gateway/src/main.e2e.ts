import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

const PROGRAM = process.env['WR_TEST_GATEWAY'] ?? join(REPOSITORY_ROOT, 'apps/gateway/dist/main.js');
/** A start waits 3 s for a Redis that does not answer. */
const LIMIT_MS = 20_000;

/**
 * No server answers at these addresses: the gateway reconnects again and again, which must not keep the process
 * running.
 */
const AWAY = {
  WR_PORT: '0',
  WR_ADMIN_PORT: '0',
  REDIS_URL: 'redis://127.0.0.1:1',
  DATABASE_URL: 'postgres://user:password@127.0.0.1:1/none',
};

/** Runs the gateway until it ends on its own. */
async function exitCode(env: Readonly<Record<string, string>>, ...args: string[]): Promise<number | null> {
  const gateway = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: 'ignore' });
  const timer = setTimeout(() => gateway.kill('SIGKILL'), LIMIT_MS);
  const [code] = (await once(gateway, 'exit')) as [number | null];
  clearTimeout(timer);
  return code;
}

describe('A gateway that cannot start ends its process with 1', () => {
  it('if its certificate is missing', async () => {
    const env = { ...AWAY, WR_TLS_CERT_FILE: '/nonexistent', WR_TLS_KEY_FILE: '/nonexistent' };
    expect(await exitCode(env)).toBe(1);
  });

  it.each(['WR_PORT', 'WR_ADMIN_PORT'])('if %s is in use', async (name) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    expect(await exitCode({ ...AWAY, [name]: String(port) })).toBe(1);
    other.close();
  });
});

it('The process exits with 2 for an invalid command line, and with 0 for --check-config', async () => {
  expect(await exitCode({}, '--what')).toBe(2);
  expect(await exitCode({ WR_PORT: 'x' }, '--check-config')).toBe(2);
  expect(await exitCode({}, '--check-config')).toBe(0);
});
