import { describe, expect, it } from '@jest/globals';
import { isComposing } from './composing.js';

describe('isComposing', () => {
  it('is true for a key during a composition, and for the Enter that ends it in Safari', () => {
    expect(isComposing({ isComposing: true, keyCode: 13 })).toBe(true);
    expect(isComposing({ isComposing: false, keyCode: 229 })).toBe(true);
    expect(isComposing({ isComposing: false, keyCode: 13 })).toBe(false);
  });
});
