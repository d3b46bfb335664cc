import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { includes, sizeOf, withItems, withoutItem, type SmallSet } from './small-set.js';

describe('SmallSet', () => {
  it('behaves as a set whatever is added and removed', () => {
    const step = fc.record({ add: fc.boolean(), items: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 45 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let set: SmallSet<number> = [];
        const model = new Set<number>();
        for (const { add, items } of steps) {
          if (add) set = withItems(set, items);
          else for (const item of items) set = withoutItem(set, item);
          for (const item of items) model[add ? 'add' : 'delete'](item);
          expect([...set].sort()).toEqual([...model].sort());
          expect(sizeOf(set)).toBe(model.size);
          for (const item of items) expect(includes(set, item)).toBe(add);
        }
      }),
    );
  });

  it('is an array up to 32 items and a Set beyond', () => {
    const items = Array.from({ length: 33 }, (_, i) => i);
    expect(withItems([], items.slice(0, 32))).toBeInstanceOf(Array);
    expect(withItems([], items)).toBeInstanceOf(Set);
  });

  it('may be iterated while items are removed', () => {
    for (const size of [5, 50]) {
      let set: SmallSet<number> = withItems(
        [],
        Array.from({ length: size }, (_, i) => i),
      );
      let seen = 0;
      for (const item of set) {
        set = withoutItem(set, item);
        seen += 1;
      }
      expect(seen).toBe(size);
      expect(sizeOf(set)).toBe(0);
    }
  });
});
