import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cluster, freePort } from '@white-rabbit/testing';
import type { Cluster } from '@white-rabbit/testing';
import { KEYS_NEEDED } from '../src/key-file.js';
import { ALL_RULES } from '../src/rules/all-rules.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Starting and stopping a cluster on a busy machine. Milliseconds. */
const CLUSTER_MS = 90_000;
/** A missed heartbeat takes a minute; the rest runs beside it. Milliseconds. */
const WHOLE_RUN_MS = 180_000;

let gateways: Cluster;
let folder: string;
let keys: string;

beforeAll(async () => {
  // Relays are optional; offered, they are checked as well. Nobody connects to this one.
  gateways = await cluster(2, { env: { WR_TURN_URLS: 'turn:turn.example.com', WR_TURN_SECRET: 'north' } });
  folder = await mkdtemp(join(tmpdir(), 'white-rabbit-conformance-'));
  keys = join(folder, 'keys.txt');
  await writeFile(keys, await keyLines(gateways));
}, CLUSTER_MS);

afterAll(async () => {
  await gateways.stop();
  await rm(folder, { recursive: true, force: true });
}, CLUSTER_MS);

async function keyLines({ licenses }: Cluster): Promise<string> {
  const active = await licenses.issue({ count: KEYS_NEEDED });
  const [revoked] = await licenses.issue({ count: 1 });
  const [expired] = await licenses.issue({ count: 1, expiresAt: new Date(Date.UTC(2020, 0, 1)) });
  await licenses.revoke(revoked?.license_key ?? '');
  const lines = active.map(({ license_key }) => license_key);
  return ['# for the kit', ...lines, `${revoked?.license_key} revoked`, `${expired?.license_key} expired`].join('\n');
}

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the built program against the cluster, with the first gateway's address unless another is given. */
function run(args: readonly string[], url = gateways.gateway(0).url): Promise<Ended> {
  return new Promise((settle) => {
    const child = execFile(process.execPath, [MAIN, '--url', url, '--keys', keys, ...args], (_, out, err) => {
      settle({ code: child.exitCode, out, err });
    });
  });
}

describe('npm run conformance', () => {
  it(
    'finds that two gateways of a cluster do all that the protocol says, with the limits and times it says',
    async () => {
      const { code, out } = await run(['--second-url', gateways.gateway(1).url, '--json']);
      const { rules, ...totals } = JSON.parse(out) as { rules: { outcome: string }[] };
      expect(rules.filter(({ outcome }) => outcome !== 'pass')).toEqual([]);
      expect(totals).toEqual({ pass: ALL_RULES.length, fail: 0, skipped: 0 });
      expect(code).toBe(0);
    },
    WHOLE_RUN_MS,
  );

  it('can be run again with the same keys, and prints a table with what it left out and why', async () => {
    const { code, out, err } = await run(['--quick', '--only', 'a call']);
    expect(code).toBe(0);
    expect(out).toMatch(/│ pass +│/);
    expect(out).toMatch(/│ skipped +│ no --second-url/);
    expect(out).toMatch(/0 failed, [1-9]\d* skipped/);
    expect(err).toMatch(/^\d+\/\d+ pass: a call rings/m);
  });

  it('ends with 2 where nobody answers, where the keys do not serve, and where it is called wrongly', async () => {
    expect(await run([], `ws://127.0.0.1:${await freePort()}/ws`)).toMatchObject({ code: 2, out: '' });
    expect(await run(['--only', 'no such words'])).toMatchObject({ code: 2, out: '' });
    expect(await run(['--keys', join(folder, 'missing.txt')])).toMatchObject({ code: 2, out: '' });
    expect(await run([], 'https://127.0.0.1/ws')).toMatchObject({ code: 2, out: '' });
  });
});
