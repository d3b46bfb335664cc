/** What times reveal about which of two groups they are of. */
export interface Distance {
  /** Kolmogorov–Smirnov distance of the two groups: 0 if they have the same distribution, 1 if a time always decides. */
  readonly distance: number;
  /** Distances up to this are found in 99 % of comparisons of two groups of one distribution. */
  readonly chance: number;
  /** How often the best guess from one time is right: 0.5 is the toss of a coin. */
  readonly guess: number;
}

/** The factor of the critical value for a significance of 1 % (asymptotic: for some dozens of times and more). */
const ONE_PERCENT = Math.sqrt(-Math.log(0.01 / 2) / 2);

/** Compares the times of two groups, in any order and unit. Both have at least one. */
export function distinguish(one: readonly number[], other: readonly number[]): Distance {
  const [a, b] = [one, other].map((times) => times.toSorted((x, y) => x - y)) as [number[], number[]];
  let distance = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const time = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    while (i < a.length && (a[i] ?? Infinity) <= time) i += 1;
    while (j < b.length && (b[j] ?? Infinity) <= time) j += 1;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const chance = ONE_PERCENT * Math.sqrt((a.length + b.length) / (a.length * b.length));
  return { distance, chance, guess: 0.5 + distance / 2 };
}
