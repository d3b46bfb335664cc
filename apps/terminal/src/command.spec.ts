import { describe, expect, it } from '@jest/globals';
import { COMMAND_HELP, parseCommand } from './command.js';

describe('A typed line', () => {
  it.each([
    ['/call bob', { kind: 'call', who: 'bob' }],
    ['/call   bob  ', { kind: 'call', who: 'bob' }],
    ['/call the white rabbit', { kind: 'call', who: 'the white rabbit' }],
    ['/call', { kind: 'call', who: undefined }],
    ['/accept', { kind: 'accept' }],
    ['/quit now', { kind: 'quit' }],
    ['', { kind: 'nothing' }],
    ['   ', { kind: 'nothing' }],
    ['/wink', { kind: 'unknown', word: 'wink' }],
    ['/', { kind: 'unknown', word: '' }],
    ['/toString', { kind: 'unknown', word: 'toString' }],
    ['hello', { kind: 'say', text: 'hello' }],
    ['  indented', { kind: 'say', text: '  indented' }],
    ['//etc/passwd', { kind: 'say', text: '/etc/passwd' }],
  ])('%j is understood', (line, command) => {
    expect(parseCommand(line)).toEqual(command);
  });

  it('is understood when it is one that the help names', () => {
    const named = COMMAND_HELP.flatMap((line) => /^\/\w+/.exec(line)?.[0] ?? []);
    expect(named).toHaveLength(6);
    for (const command of named) expect(parseCommand(command).kind).toBe(command.slice(1));
  });
});
