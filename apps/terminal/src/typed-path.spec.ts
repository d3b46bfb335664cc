import { describe, expect, it } from '@jest/globals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { typedPath } from './typed-path.js';

describe('typedPath', () => {
  it.each([
    ['a file.txt', 'a file.txt'],
    ["'/tmp/a file.txt'", '/tmp/a file.txt'],
    ['"a.txt"', 'a.txt'],
    ["it's", "it's"],
    ['~/a.txt', join(homedir(), 'a.txt')],
    ['~', homedir()],
    ['~bob', '~bob'],
  ])('reads %s', (typed, path) => {
    expect(typedPath(typed)).toBe(path);
  });
});
