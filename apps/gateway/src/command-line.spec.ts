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
  it('--help names every option and every setting', async () => {
    expect(await runCommandLine(['--help'], {})).toBe(0);
    for (const name of ['--check-config', '--settings', ...SETTING_NAMES]) expect(out).toContain(name);
    expect(err).toBe('');
  });

  it('--settings prints the table for the docs alone', async () => {
    expect(await runCommandLine(['--settings'], {})).toBe(0);
    expect(out).toMatch(/^\| variable \| default \| meaning \|\n/);
  });

  it('--check-config says that all is well, and starts nothing', async () => {
    expect(await runCommandLine(['--check-config'], { WR_PORT: '1' })).toBe(0);
    expect([out, err]).toEqual(['The configuration is in order.\n', '']);
  });

  it.each([[['--check-config']], [[]]])(
    '%j ends with 2 and every problem where the environment is wrong',
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

  it('refuses an option that there is not, and more than one', async () => {
    expect(await runCommandLine(['--checkconfig'], {})).toBe(2);
    expect(await runCommandLine(['--help', '--settings'], {})).toBe(2);
    expect([out, err]).toEqual([
      '',
      'There is no option --checkconfig. See --help.\nToo many arguments. See --help.\n',
    ]);
  });
});
