import { describe, expect, it } from '@jest/globals';
import { KeyRing } from './key-ring.js';

describe('Keys', () => {
  it('are lent to one at a time, the one that rested longest first', async () => {
    const ring = new KeyRing(['a', 'b', 'c']);
    expect([await ring.take(), await ring.take()]).toEqual(['a', 'b']);
    ring.giveBack('b');
    ring.giveBack('a');
    expect([await ring.take(), await ring.take(), await ring.take()]).toEqual(['c', 'b', 'a']);
  });

  it('are waited for, in turn, where all are lent', async () => {
    const ring = new KeyRing(['a']);
    const key = await ring.take();
    const waiting = [ring.take(), ring.take()];
    ring.giveBack(key);
    expect(await waiting[0]).toBe('a');
    ring.giveBack('a');
    expect(await waiting[1]).toBe('a');
  });
});
