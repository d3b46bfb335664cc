import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, GatewayProcess, Licenses, startPostgres, TestCluster } from '@white-rabbit/testing';
import { KEYS_NEEDED } from '../src/license-keys.js';
import { ALL_RULES } from '../src/rules/all-rules.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Time limit for starting and stopping a server on a busy machine. Milliseconds. */
const SERVER_MS = 90_000;
/** A missed heartbeat takes a minute; all other rules run in parallel with it. Milliseconds. */
const WHOLE_RUN_MS = 240_000;

/** ICE servers are optional; if a server offers them, the rules check them. No client connects to this one. */
const ICE_SERVERS = { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: 'north' };

/** A server under test. */
interface Server {
  readonly urls: readonly string[];
  readonly licenses: Licenses;
  readonly stop: () => Promise<void>;
}

/** One gateway without Redis: routes and presence are in its memory. */
async function onMemory(): Promise<Server> {
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const env = { ...ICE_SERVERS, DATABASE_URL: databaseUrl, WR_ALLOW_PLAINTEXT: new URL(databaseUrl).hostname };
  const gateway = await GatewayProcess.start({ env });
  const licenses = await Licenses.open(databaseUrl);
  const stop = async () => {
    await gateway.stop();
    await licenses.close();
    await postgres.stop();
  };
  return { urls: [gateway.url], licenses, stop };
}

/** A cluster of gateways with one Redis. */
async function onRedis(gateways: number): Promise<Server> {
  const started = await TestCluster.start(gateways, { env: ICE_SERVERS });
  return { urls: started.gateways.map(({ url }) => url), licenses: started.licenses, stop: () => started.stop() };
}

async function keyLines(licenses: Licenses): Promise<string> {
  const active = await licenses.issue({ count: KEYS_NEEDED });
  const [revoked] = await licenses.issue({ count: 1 });
  const [expired] = await licenses.issue({ count: 1, expiresAt: new Date(Date.UTC(2020, 0, 1)) });
  await licenses.revoke(revoked?.license_key ?? '');
  const lines = active.map(({ license_key }) => license_key);
  return ['# for the test', ...lines, `${revoked?.license_key} revoked`, `${expired?.license_key} expired`].join('\n');
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Report {
  readonly pass: number;
  readonly fail: number;
  readonly skipped: number;
  readonly rules: readonly { readonly result: string; readonly reason?: string }[];
}

/** Runs the built program with these arguments. */
function run(args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args], (_, out, err) => {
      resolve({ code: child.exitCode, out, err });
    });
  });
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-conformance-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  { name: 'one gateway on the memory engine', start: onMemory, gateways: 1 },
  { name: 'a cluster of two gateways on Redis', start: () => onRedis(2), gateways: 2 },
])('npm run conformance against $name', ({ name, start, gateways }) => {
  let server: Server;
  let keys: string;

  beforeAll(async () => {
    server = await start();
    keys = join(folder, `keys of ${name}.txt`);
    await writeFile(keys, await keyLines(server.licenses));
  }, SERVER_MS);
  afterAll(() => server.stop(), SERVER_MS);

  const args = (...more: readonly string[]) => ['--url', server.urls[0] ?? '', '--keys', keys, ...more];

  it(
    'reports that the server conforms to every rule, with the limits and times of the protocol',
    async () => {
      const second = server.urls[1] === undefined ? [] : ['--second-url', server.urls[1]];
      const { code, out, err } = await run(args('--json', ...second));
      if (code === null || code > 1) throw new Error(err);
      const { rules, ...totals } = JSON.parse(out) as Report;
      expect(rules.filter(({ result }) => result === 'fail')).toEqual([]);
      const skipped = gateways === 2 ? 0 : ALL_RULES.filter(({ needs }) => needs.includes('second-url')).length;
      expect(totals).toEqual({ pass: ALL_RULES.length - skipped, fail: 0, skipped });
      expect(rules.filter(({ reason }) => reason === 'no --second-url')).toHaveLength(skipped);
      expect(code).toBe(0);
    },
    WHOLE_RUN_MS,
  );

  it('can run again with the same keys, and prints a table with the skipped rules and the reasons', async () => {
    const { code, out, err } = await run(args('--quick', '--only', 'call rings'));
    expect(code).toBe(0);
    expect(out).toMatch(/│ pass +│/);
    expect(out).toMatch(/│ skipped +│ no --second-url/);
    expect(out).toMatch(/0 failed, [1-9]\d* skipped/);
    expect(err).toMatch(/^\d+\/\d+ pass: call rings/m);
  }, 120_000);

  it('exits with 2 if the server is unreachable, the keys are missing, or the command line is invalid', async () => {
    const unreachable = ['--url', `ws://127.0.0.1:${await freePort()}/ws`, '--keys', keys];
    expect(await run(unreachable)).toMatchObject({ code: 2, out: '' });
    expect(await run(args('--only', 'no such words'))).toMatchObject({ code: 2, out: '' });
    expect(await run(args('--keys', join(folder, 'missing.txt')))).toMatchObject({ code: 2, out: '' });
    expect(await run(args('--url', 'https://127.0.0.1/ws'))).toMatchObject({ code: 2, out: '' });
  });
});
