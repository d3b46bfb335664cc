import { describe, expect, it } from '@jest/globals';
import { completions } from './completions.js';

const view = {
  contacts: [
    { name: 'bob', presence: 'online' },
    { name: 'bert', presence: 'offline' },
  ],
} as const;

describe('What a line that was begun may become', () => {
  it.each([
    ['/ca', ['/call']],
    ['/c', ['/call', '/contacts']],
    ['/call ', ['/call bob', '/call bert']],
    ['/call bo', ['/call bob']],
    ['/call x', []],
    ['Hello', []],
    ['', []],
  ])('%j', (line, whole) => {
    expect(completions(line, view)).toEqual(whole);
  });

  it('is a command only, while nobody is known', () => {
    expect(completions('/call ', undefined)).toEqual([]);
    expect(completions('/q', undefined)).toEqual(['/quit']);
  });
});
