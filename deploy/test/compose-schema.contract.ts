import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

const FILE = join(REPOSITORY_ROOT, 'docker-compose.yml');
/** dclint, as a program: its types are not for modules of Node. */
const LINTER = join(dirname(createRequire(import.meta.url).resolve('dclint/package.json')), 'bin/dclint.cjs');
/** Of its rules those that are no matter of taste: the schema of the Compose Specification, and YAML itself. */
const RULES = ['invalid-schema', 'invalid-yaml'];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wr-compose-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What is wrong with the form of that file. */
async function faults(file: string): Promise<readonly string[]> {
  // It ends with 1 where it finds anything at all, a matter of taste included.
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [LINTER, '--quiet', '--formatter', 'json', file], (_, stdout) => {
      resolve(stdout);
    });
  });
  const results = JSON.parse(output) as readonly { readonly messages: readonly { rule: string; message: string }[] }[];
  return results.flatMap(({ messages }) =>
    messages.filter(({ rule }) => RULES.includes(rule)).map(({ rule, message }) => `${rule}: ${message}`),
  );
}

/** What is wrong with it once a text of it is another. */
async function faultsWith(text: string, instead: string): Promise<readonly string[]> {
  const compose = await readFile(FILE, 'utf8');
  expect(compose).toContain(text);
  const file = join(folder, 'docker-compose.yml');
  await writeFile(file, compose.replace(text, instead));
  return faults(file);
}

describe('docker-compose.yml', () => {
  it('keeps to the Compose Specification', async () => {
    expect(await faults(FILE)).toEqual([]);
  });

  it.each([
    ['a field is misspelt', 'stop_grace_period: 30s', 'stop_grace_perod: 30s'],
    ['a condition does not exist', 'condition: service_healthy', 'condition: service_well'],
    ['a list is none', 'cap_drop: [ALL]', 'cap_drop: ALL'],
    ['it is no YAML', 'services:', 'services: ['],
  ])('is refused where %s', async (_, text, instead) => {
    expect(await faultsWith(text, instead)).not.toEqual([]);
  });
});
