import { describe, expect, it } from '@jest/globals';
import { COMMAND_HELP, completions, parseCommand } from './command.js';

describe('parseCommand', () => {
  it.each([
    ['/call bob', { kind: 'call', peer: 'bob' }],
    ['/call   bob  ', { kind: 'call', peer: 'bob' }],
    ['/call the white rabbit', { kind: 'call', peer: 'the white rabbit' }],
    ['/call', { kind: 'call', peer: undefined }],
    ['/accept', { kind: 'accept' }],
    ['/quit now', { kind: 'quit' }],
    ['', { kind: 'nothing' }],
    ['   ', { kind: 'nothing' }],
    ['/wink', { kind: 'unknown', word: 'wink' }],
    ['/', { kind: 'unknown', word: '' }],
    ['/toString', { kind: 'unknown', word: 'toString' }],
    ['hello', { kind: 'text', text: 'hello' }],
    ['  indented', { kind: 'text', text: '  indented' }],
    ['//etc/passwd', { kind: 'text', text: '/etc/passwd' }],
  ])('parses %j', (line, command) => {
    expect(parseCommand(line)).toEqual(command);
  });

  it('knows every command in the help', () => {
    const named = COMMAND_HELP.flatMap((line) => /^\/\w+/.exec(line)?.[0] ?? []);
    expect(named).toHaveLength(6);
    for (const command of named) expect(parseCommand(command).kind).toBe(command.slice(1));
  });
});

const view = {
  contacts: [
    { name: 'bob', presence: 'online' },
    { name: 'bert', presence: 'offline' },
  ],
} as const;

describe('completions', () => {
  it.each([
    ['/ca', ['/call']],
    ['/c', ['/call', '/contacts']],
    ['/call ', ['/call bob', '/call bert']],
    ['/call bo', ['/call bob']],
    ['/call x', []],
    ['Hello', []],
    ['', []],
  ])('complete %j', (line, whole) => {
    expect(completions(line, view)).toEqual(whole);
  });

  it('are commands only while there are no contacts', () => {
    expect(completions('/call ', undefined)).toEqual([]);
    expect(completions('/q', undefined)).toEqual(['/quit']);
  });
});
