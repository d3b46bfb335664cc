/** Measures how long it takes until the last of many watchers has the frame of a change. */
export class Audience {
  readonly #size: number;
  /** By frame: when its change was due, and the number of watchers that do not have it yet. */
  readonly #pending = new Map<string, { readonly dueMs: number; left: number }>();
  #latenciesMs: number[] = [];

  /** `size`: number of watchers; each gets each frame once. */
  constructor(size: number) {
    this.#size = size;
  }

  /** Times until the last watcher had the frame, sorted, ms: one for each change of which no frame is missing. */
  get latenciesMs(): readonly number[] {
    return this.#latenciesMs.toSorted((a, b) => a - b);
  }

  /** Number of frames that have not arrived. */
  get missing(): number {
    return [...this.#pending.values()].reduce((total, { left }) => total + left, 0);
  }

  /** A change was due at that time; all watchers will get this frame. */
  expect(frame: string, dueMs: number): void {
    this.#pending.set(frame, { dueMs, left: this.#size });
  }

  /** A watcher has received that frame at that time; other frames are ignored. */
  received(frame: string, atMs: number): void {
    const change = this.#pending.get(frame);
    if (change === undefined) return;
    change.left -= 1;
    if (change.left > 0) return;
    this.#pending.delete(frame);
    this.#latenciesMs.push(atMs - change.dueMs);
  }

  /** Forgets all changes so far. */
  clear(): void {
    this.#pending.clear();
    this.#latenciesMs = [];
  }
}
