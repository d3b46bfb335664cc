import { describe, expect, it } from '@jest/globals';
import { CountedWatches } from './counted-watches.js';

describe('Counted watches', () => {
  it('return the names of a first and of a last watch', () => {
    const watches = new CountedWatches<string>();
    expect(watches.add(['a', 'b'])).toEqual(['a', 'b']);
    expect(watches.add(['a', 'c'])).toEqual(['c']);
    expect(watches.remove(['a', 'b', 'x'])).toEqual(['b']);
    expect([...watches.names()]).toEqual(['a', 'c']);
    expect(watches.remove(['a', 'a', 'c'])).toEqual(['a', 'c']);
    expect(watches.size).toBe(0);
  });
});
