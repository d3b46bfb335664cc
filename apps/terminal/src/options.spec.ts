import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { NotToRun, parseOptions } from './options.js';

const NEEDED = ['--key', 'WR1-KEY', '--name', 'alice'];
let printed = '';

beforeEach(() => {
  printed = '';
  const keep = (text: unknown) => {
    printed += String(text);
    return true;
  };
  jest.spyOn(process.stdout, 'write').mockImplementation(keep);
  jest.spyOn(process.stderr, 'write').mockImplementation(keep);
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env['WHITE_RABBIT_KEY'];
});

/** The exit code of a command line with which the program does not run. */
function exitCodeOf(...args: string[]): number | undefined {
  try {
    parseOptions(args);
  } catch (error) {
    if (error instanceof NotToRun) return error.exitCode;
    throw error;
  }
  return undefined;
}

describe('parseOptions', () => {
  it('requires a key and a name, and has defaults for all other options', () => {
    expect(parseOptions(NEEDED)).toEqual({
      url: ['ws://127.0.0.1:8080/ws'],
      key: 'WR1-KEY',
      name: 'alice',
      contacts: [],
      localContacts: [],
      home: join(homedir(), '.white-rabbit'),
      iceServer: [],
      accept: false,
      transfer: false,
    });
  });

  it('reads lists', () => {
    const args = [
      '--contacts',
      'bob, carol,',
      '--url',
      'wss://a,wss://b',
      '--ice-server',
      'stun:a',
      '--ice-server',
      'stun:b',
      '--local-contacts',
      'dora, 민수',
    ];
    expect(parseOptions([...NEEDED, ...args])).toMatchObject({
      contacts: ['bob', 'carol'],
      localContacts: ['dora', '민수'],
      url: ['wss://a', 'wss://b'],
      iceServer: [{ urls: 'stun:a' }, { urls: 'stun:b' }],
    });
  });

  it('accepts a name of any script', () => {
    expect(parseOptions(['--key', 'WR1-KEY', '--name', '앨리스'.normalize('NFD')]).name).toBe('앨리스');
  });

  it('reads the key from the environment', () => {
    process.env['WHITE_RABBIT_KEY'] = 'WR1-OTHER';
    expect(parseOptions(['--name', 'alice']).key).toBe('WR1-OTHER');
  });

  it.each([
    [['--name', 'alice'], '--key'],
    [['--key', 'WR1-KEY'], '--name'],
    [['--key', 'WR1-KEY', '--name', '../alice'], 'A name has'],
    [[...NEEDED, '--ice-server', 'http://x'], 'stun:HOST:PORT'],
    [[...NEEDED, '--local-contacts', 'bob=peer-of-bob'], 'A name has'],
    [[...NEEDED, '--page', 'chat.example'], 'https://'],
    [[...NEEDED, '--wink'], '--wink'],
    [[...NEEDED, 'bob'], 'too many arguments'],
  ])('rejects %j', (args, words) => {
    expect(exitCodeOf(...args)).toBe(2);
    expect(printed).toContain(words);
  });

  it('prints the help with all commands and exit codes', () => {
    expect(exitCodeOf('--help')).toBe(0);
    for (const words of ['/hangup', '/invite', '  0  success', '  1  ', '  2  ']) expect(printed).toContain(words);
  });

  it('prints the version', () => {
    expect(exitCodeOf('--version')).toBe(0);
    expect(printed).toBe('from source\n');
  });
});
