import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { includes, itemsOf, NO_ITEMS, sizeOf, withItems, withoutItem, type SmallSet } from './small-set.js';

const POOL = Array.from({ length: 240 }, (_, id) => ({ id }));
type Item = (typeof POOL)[number];

describe('SmallSet', () => {
  it('behaves as a set whatever is added and removed', () => {
    const items = fc.array(fc.constantFrom(...POOL), { maxLength: 180 });
    const step = fc.record({ add: fc.boolean(), items });
    const byId = (a: Item, b: Item) => a.id - b.id;
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let set: SmallSet<Item> = NO_ITEMS;
        const model = new Set<Item>();
        for (const { add, items } of steps) {
          if (add) set = withItems(set, items);
          else for (const item of items) set = withoutItem(set, item);
          for (const item of items) model[add ? 'add' : 'delete'](item);
          expect([...itemsOf(set)].sort(byId)).toEqual([...model].sort(byId));
          expect(sizeOf(set)).toBe(model.size);
          for (const item of items) expect(includes(set, item)).toBe(add);
        }
      }),
    );
  });

  it('is nothing without items, the item itself if it has one, an array up to 128 items and a Set beyond', () => {
    const [one, two] = POOL.slice(0, 2) as [Item, Item];
    expect(withItems(NO_ITEMS, [one])).toBe(one);
    const both = withItems(one, [two]);
    expect(both).toEqual([one, two]);
    expect(withoutItem(both, two)).toBe(one);
    expect(withoutItem(one, one)).toBe(NO_ITEMS);
    expect(withItems(NO_ITEMS, POOL.slice(0, 128))).toBeInstanceOf(Array);
    expect(withItems(NO_ITEMS, POOL.slice(0, 129))).toBeInstanceOf(Set);
  });

  it('may be iterated while items are removed', () => {
    for (const size of [1, 5, 200]) {
      let set = withItems(NO_ITEMS, POOL.slice(0, size));
      let seen = 0;
      for (const item of itemsOf(set)) {
        set = withoutItem(set, item);
        seen += 1;
      }
      expect(seen).toBe(size);
      expect(sizeOf(set)).toBe(0);
    }
  });
});
