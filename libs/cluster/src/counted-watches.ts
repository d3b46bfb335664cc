/** Watches counted by reference. Bounded by its callers: each session watches at most its 1,000 contacts. */
export class CountedWatches<Name> {
  readonly #counts = new Map<Name, number>();

  /** The names that were not watched before. A name that occurs twice counts twice. */
  add(names: readonly Name[]): Name[] {
    return names.filter((name) => {
      const count = this.#counts.get(name) ?? 0;
      this.#counts.set(name, count + 1);
      return count === 0;
    });
  }

  /** The names that are not watched any more. Names that were not watched are ignored. */
  remove(names: readonly Name[]): Name[] {
    return names.filter((name) => {
      const count = this.#counts.get(name);
      if (count === undefined) return false;
      if (count > 1) this.#counts.set(name, count - 1);
      else this.#counts.delete(name);
      return count === 1;
    });
  }

  has(name: Name): boolean {
    return this.#counts.has(name);
  }

  /** All watched names, read lazily: changes made meanwhile are visible. */
  names(): Iterable<Name> {
    return this.#counts.keys();
  }

  get size(): number {
    return this.#counts.size;
  }
}
