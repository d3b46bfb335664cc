import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { readComposeFile, serviceOf } from './compose-file.js';

const file = await readComposeFile();
const page = await readFile(join(REPOSITORY_ROOT, 'docs/operations.md'), 'utf8');

/** The options that the page uses, and what follows them: services, or one service and the command in its container. */
const COMMANDS: Readonly<Record<string, { readonly options: readonly string[]; readonly isInContainer?: true }>> = {
  build: { options: [] },
  exec: { options: ['-T'], isInContainer: true },
  kill: { options: ['--signal'] },
  logs: { options: ['--follow', '--no-log-prefix', '--tail'] },
  ps: { options: ['--all', '--quiet'] },
  restart: { options: [] },
  run: { options: ['--rm'], isInContainer: true },
  stop: { options: [] },
  up: { options: ['--detach', '--no-deps', '--no-recreate', '--wait'] },
};
/** Options with a value as the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set(['--signal']);
/** Stands for the services of the gateways. */
const GATEWAY = /^\$(?:1|gateway|GATEWAY)$/;
/** The folder of this repository's files in the containers. */
const MOUNTED = '/etc/white-rabbit';

interface ComposeCommand {
  readonly text: string;
  readonly name: string;
  readonly options: readonly string[];
  readonly services: readonly string[];
  /** The program in the container. */
  readonly program: string | undefined;
}

function parse(text: string): ComposeCommand {
  const [name = '', ...words] = text.replaceAll(/["']/g, '').trim().split(/\s+/);
  const options: string[] = [];
  while (words[0]?.startsWith('-')) {
    const [option = ''] = (words.shift() ?? '').split('=');
    options.push(option);
    if (WITH_VALUE.has(option)) words.shift();
  }
  const isInContainer = COMMANDS[name]?.isInContainer === true;
  const services = isInContainer ? words.slice(0, 1) : words;
  return { text: text.trim(), name, options, services, program: isInContainer ? words[1] : undefined };
}

const commands = [...page.matchAll(/docker compose ([a-z][^;|&#`)\n]*)/g)].map(([, text = '']) => parse(text));

it('docs/operations.md has commands for Docker Compose', () => {
  expect(commands.length).toBeGreaterThan(25);
});

it.each(commands)(
  'docker compose $text: has a command and options of Docker Compose, and services that exist',
  ({ name, options, services }) => {
    expect(Object.keys(COMMANDS)).toContain(name);
    expect(COMMANDS[name]?.options).toEqual(expect.arrayContaining([...options]));
    const named = services.filter((service) => !GATEWAY.test(service));
    expect(Object.keys(file.services)).toEqual(expect.arrayContaining(named));
  },
);

it.each(commands.filter(({ program }) => program?.startsWith(`${MOUNTED}/`)))(
  'docker compose $text: the file is of this repository, mounted and executable',
  async ({ services: [service = ''], program = '' }) => {
    expect(serviceOf(file, service).volumes).toContain(`./deploy/${service}:${MOUNTED}:ro`);
    const { mode } = await stat(join(REPOSITORY_ROOT, 'deploy', service, program.slice(MOUNTED.length)));
    expect(mode & 0o555).toBe(0o555);
  },
);
