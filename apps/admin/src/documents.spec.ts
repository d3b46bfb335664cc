import { expect, test } from '@jest/globals';
import type { NodeReport } from '@white-rabbit/cluster';
import type { NodeId } from '@white-rabbit/signaling';
import type { Command } from 'commander';
import { readFileSync } from 'node:fs';
import { DOCUMENTED_COMMANDS, expectDocumented } from '../test/admin-schema.js';
import { capturedStreams } from '../test/captured-streams.js';
import { runAdmin } from '../test/run-admin.js';
import { statusJson } from './cluster/status-json.js';
import { drainJson } from './commands/drain.js';
import { EXIT_CODES } from './exit-codes.js';
import { Terminal } from './terminal.js';
import { programFor } from './wr-admin.js';

/** The commands that have `--json`, by their full names. */
function commandsWithJson(command: Command, path: readonly string[] = []): readonly string[] {
  const own = command.options.some(({ long }) => long === '--json') ? [path.join(' ')] : [];
  return [...own, ...command.commands.flatMap((inner) => commandsWithJson(inner, [...path, inner.name()]))];
}

test('docs/admin.schema.json describes the output of every command that has --json, and no others', () => {
  const streams = capturedStreams();
  const program = programFor({ terminal: new Terminal(streams), env: {} }, streams, () => undefined);
  expect([...commandsWithJson(program)].sort()).toEqual([...DOCUMENTED_COMMANDS].sort());
});

test('docs/admin.schema.json has a schema that refuses missing, unknown and malformed fields', () => {
  expect(() => {
    expectDocumented(['license', 'restore'], { state: 'active' });
  }).toThrow();
  expect(() => {
    expectDocumented(['license', 'restore'], { state: 'active', changed: true, more: 1 });
  }).toThrow();
  expect(() => {
    expectDocumented(['license', 'restore'], { state: 'active', changed: 'true' });
  }).toThrow();
});

test('docs/admin.schema.json describes the output of cluster status and cluster drain', () => {
  const report: NodeReport = {
    ...{ state: 'serving', region: 'eu', version: '1', uptimeSeconds: 1, sessions: 1, connections: 2, database: 'up' },
  };
  const gateways = [
    { node: 'n-1', leaseAgeMs: 1_234, report: { ...report, pod: 'p', busLagMs: 1.5, redisMs: 0.5 } },
    { node: 'n-2', leaseAgeMs: 0, report },
    { node: 'n-3' },
  ];
  const up = { state: 'up', ms: 1.23 } as const;
  const down = { state: 'down' } as const;
  const found = { redis: up, database: down, gateways, problems: ['The license database does not answer.'] };
  expectDocumented(['cluster', 'status'], statusJson(found));
  expectDocumented(
    ['cluster', 'status'],
    statusJson({ redis: down, database: { state: 'unset' }, gateways: undefined, problems: [] }),
  );
  expectDocumented(['cluster', 'drain'], drainJson('n-1' as NodeId, true, 1_234));
});

test('wr-admin cluster status exits with 8 if no gateway answers, and prints JSON all the same', async () => {
  const args = ['cluster', 'status', '--json', '--admin', 'http://127.0.0.1:1'];
  const { code, out } = await runAdmin({}, args);
  expect(code).toBe(8);
  expectDocumented(args, JSON.parse(out));
});

test('docs/operations.md and the help have the exit codes', async () => {
  const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  const rows = [...document.matchAll(/^\| (\d+) +\| (.+?) +\|$/gm)].map(([, code, meaning]) => [Number(code), meaning]);
  expect(rows).toEqual(Object.values(EXIT_CODES).map(([code, meaning]) => [code, meaning]));
  const { out } = await runAdmin({}, ['--help']);
  for (const [code, meaning] of Object.values(EXIT_CODES))
    expect(out).toContain(`${code}  ${meaning.replaceAll('`', '')}`);
});

test('wr-admin --version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  expect(await runAdmin({}, ['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});
