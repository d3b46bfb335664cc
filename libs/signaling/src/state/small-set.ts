/** Up to this size a plain array is smaller than a Set and as fast to search. */
const ARRAY_MAX = 32;

/**
 * A set that costs 8 bytes an item while it is small: an array of the exact size up to 32 items, a Set beyond. Many
 * sessions watch few peers, and most peers have few watchers; a Set of 20 takes 700 bytes, this one 200.
 *
 * The functions return the set to use from then on. A small one is never changed in place, so it may be iterated while
 * items are added and removed.
 */
export type SmallSet<T> = readonly T[] | Set<T>;

/** The shared empty set, the initial value of every set. */
export const NO_ITEMS: readonly never[] = [];

/** Whether `item` is in it. */
export function includes<T>(set: SmallSet<T>, item: T): boolean {
  return set instanceof Set ? set.has(item) : set.includes(item);
}

/** Number of items. */
export function sizeOf(set: SmallSet<unknown>): number {
  return set instanceof Set ? set.size : set.length;
}

/** The set with `items` added; items that it contains already are not added again. */
export function withItems<T>(set: SmallSet<T>, items: readonly T[]): SmallSet<T> {
  if (set instanceof Set) return addTo(set, items);
  if (set.length + items.length > ARRAY_MAX) return compact(addTo(new Set(set), items));
  const fresh = items.filter((item, index) => !set.includes(item) && items.indexOf(item) === index);
  // `slice` and `concat` create arrays of the exact size; pushing would reserve more memory.
  return set.length === 0 ? fresh.slice() : set.concat(fresh);
}

/** The set without `item`. */
export function withoutItem<T>(set: SmallSet<T>, item: T): SmallSet<T> {
  if (set instanceof Set) {
    set.delete(item);
    return set.size > ARRAY_MAX / 2 ? set : [...set];
  }
  return set.includes(item) ? set.filter((other) => other !== item) : set;
}

function addTo<T>(set: Set<T>, items: readonly T[]): Set<T> {
  for (const item of items) set.add(item);
  return set;
}

function compact<T>(set: Set<T>): SmallSet<T> {
  return set.size > ARRAY_MAX ? set : [...set];
}
