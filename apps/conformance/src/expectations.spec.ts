import { describe, expect, it } from '@jest/globals';
import { contains } from './expectations.js';

describe('contains', () => {
  it.each([
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: [1, 2], c: 3 } }, { a: { b: [1, 2] } }],
    [[{ a: 1, b: 2 }], [{ a: 1 }]],
    [{ peers: [] }, { peers: [] }],
  ])('finds in %j the fields %j', (actual, expected) => {
    expect(contains(actual, expected)).toBe(true);
  });

  it.each([
    [{ a: 1 }, { a: 2 }],
    [{ b: 1 }, { a: undefined, c: 1 }],
    [{ a: [1, 2] }, { a: [1] }],
    [{ a: {} }, { a: [] }],
    [{ a: null }, { a: {} }],
    [{ a: '1' }, { a: 1 }],
  ])('does not find in %j the fields %j', (actual, expected) => {
    expect(contains(actual, expected)).toBe(false);
  });
});
