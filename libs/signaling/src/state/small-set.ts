/** Up to this size a plain array is less than half of a Set, and is searched in less than 0.1 µs. */
const ARRAY_MAX = 128;

/** The shared empty set, the initial value of every set. */
export const NO_ITEMS = undefined;

/**
 * A set of objects, neither arrays nor Sets, that costs 8 bytes an item while it is small: a single item itself, an array
 * of the exact size up to 128 items, a Set beyond. Most peers have one watcher, and many sessions watch few peers; a Set of
 * 40 takes 1,400 bytes, this one 370, and an array of one 56.
 *
 * Use it through these functions only. They return the set to use from then on. A small one is never changed in place, so
 * it may be iterated while items are added and removed.
 */
export type SmallSet<T extends object> = typeof NO_ITEMS | T | readonly T[] | Set<T>;

/** Its items. */
export function itemsOf<T extends object>(set: SmallSet<T>): readonly T[] | Set<T> {
  if (set === NO_ITEMS) return [];
  return isArray(set) || isSet(set) ? set : [set];
}

/** Whether `item` is in it. */
export function includes<T extends object>(set: SmallSet<T>, item: T): boolean {
  if (isSet(set)) return set.has(item);
  return isArray(set) ? set.includes(item) : set === item;
}

/** Number of items. */
export function sizeOf<T extends object>(set: SmallSet<T>): number {
  if (isSet(set)) return set.size;
  return isArray(set) ? set.length : Number(set !== NO_ITEMS);
}

/** The set with `items` added; items that it contains already are not added again. */
export function withItems<T extends object>(set: SmallSet<T>, items: readonly T[]): SmallSet<T> {
  const before = itemsOf(set);
  if (isSet(before)) return addTo(before, items);
  if (before.length + items.length > ARRAY_MAX) return compact(addTo(new Set(before), items));
  const fresh = items.filter((item, index) => !before.includes(item) && items.indexOf(item) === index);
  // `concat` creates an array of the exact size; pushing would reserve more memory.
  return smallest(before.concat(fresh));
}

/** The set without `item`. */
export function withoutItem<T extends object>(set: SmallSet<T>, item: T): SmallSet<T> {
  if (isSet(set)) {
    set.delete(item);
    return set.size > ARRAY_MAX / 2 ? set : smallest([...set]);
  }
  return includes(set, item) ? smallest([...itemsOf(set)].filter((other) => other !== item)) : set;
}

function addTo<T>(set: Set<T>, items: readonly T[]): Set<T> {
  for (const item of items) set.add(item);
  return set;
}

function compact<T extends object>(set: Set<T>): SmallSet<T> {
  return set.size > ARRAY_MAX ? set : smallest([...set]);
}

function smallest<T extends object>(items: readonly T[]): SmallSet<T> {
  return items.length > 1 ? items : items[0];
}

function isArray<T extends object>(set: SmallSet<T>): set is readonly T[] {
  return Array.isArray(set);
}

function isSet<T extends object>(set: SmallSet<T>): set is Set<T> {
  return set instanceof Set;
}
