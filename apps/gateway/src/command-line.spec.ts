import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { runCommandLine } from './command-line.js';
import { SETTING_NAMES } from './config/read-settings.js';

let out: string;
let err: string;

beforeEach(() => {
  out = '';
  err = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('The command line', () => {
  it('prints every option and every setting with --help', async () => {
    expect(await runCommandLine(['--help'], {})).toBe(0);
    for (const name of ['--check-config', '--settings', ...SETTING_NAMES]) expect(out).toContain(name);
    expect(err).toBe('');
  });

  it('prints only the table for the docs with --settings', async () => {
    expect(await runCommandLine(['--settings'], {})).toBe(0);
    expect(out).toMatch(/^\| variable \| default \| meaning \|\n/);
  });

  it('reports a valid configuration with --check-config and starts nothing', async () => {
    expect(await runCommandLine(['--check-config'], { WR_PORT: '1' })).toBe(0);
    expect([out, err]).toEqual(['The configuration is in order.\n', '']);
  });

  it.each([[['--check-config']], [[]]])(
    '%j exits with code 2 and prints every problem if the environment is invalid',
    async (args) => {
      expect(await runCommandLine(args, { WR_PORT: 'x', WR_PROT: '1' })).toBe(2);
      expect(out).toBe('');
      expect(err).toBe(
        'The configuration is not in order:\n' +
          '  WR_PROT: there is no such setting. See --help for those there are.\n' +
          '  WR_PORT: expected a whole number.\n',
      );
    },
  );

  it('refuses an unknown option and surplus arguments', async () => {
    expect(await runCommandLine(['--checkconfig'], {})).toBe(2);
    expect(await runCommandLine(['--help', '--settings'], {})).toBe(2);
    expect([out, err]).toEqual([
      '',
      'There is no option --checkconfig. See --help.\nToo many arguments. See --help.\n',
    ]);
  });
});
