import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMMAND_HELP, completions, lineOfText, parseCommand } from './command.js';

describe('parseCommand', () => {
  it.each([
    ['/call bob', { kind: 'command', word: 'call', argument: 'bob' }],
    ['/call   bob  ', { kind: 'command', word: 'call', argument: 'bob' }],
    ['/call the white rabbit', { kind: 'command', word: 'call', argument: 'the white rabbit' }],
    ['/call', { kind: 'command', word: 'call', argument: '' }],
    ['/send two\nlines', { kind: 'command', word: 'send', argument: 'two\nlines' }],
    ['/accept', { kind: 'command', word: 'accept', argument: '' }],
    ['/quit now', { kind: 'command', word: 'quit', argument: 'now' }],
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
    const named = COMMAND_HELP.flatMap((line) => /^\/(\w+)/.exec(line)?.[1] ?? []);
    expect(named).toEqual(expect.arrayContaining(['call', 'invite', 'add', 'block', 'send', 'quit']));
    for (const word of named) expect(parseCommand(`/${word}`)).toMatchObject({ kind: 'command', word });
  });
});

describe('lineOfText', () => {
  it('makes a line that is that text and no command', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('/hangup', '//hangup', '/', '/quit\n/quit'));
    fc.assert(
      fc.property(
        text.filter((any) => any.trim() !== ''),
        (any) => {
          expect(parseCommand(lineOfText(any))).toEqual({ kind: 'text', text: any });
        },
      ),
    );
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
    ['/ca', ['/call', '/cancel']],
    ['/co', ['/contacts']],
    ['/call ', ['/call bob', '/call bert']],
    ['/call bo', ['/call bob']],
    ['/block be', ['/block bert']],
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
