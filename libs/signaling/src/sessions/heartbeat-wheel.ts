import { LIMITS } from '@white-rabbit/protocol';

/** How often `tick` is to be called. Half of how late the wheel may be: its own ticks and the owner's are not in step. */
export const WHEEL_TICK_MS = 250;

/** One turn must be longer than the longest wait: 256 ticks are 64 s. */
const SLOTS = 256;

/** This long without a tick means that the process itself was not running. */
const LATE_MS = 1_000;

/** `wheelSlot` of an entry that is in no wheel. */
export const NOT_IN_WHEEL = -1;

/** What the wheel wants of a connection. Begin with `lastHeardMs`: now, `silenceToldMs`: NaN, `wheelSlot`: `NOT_IN_WHEEL`, `wheelIndex`: 0. */
export interface WheelEntry {
  /** When something was last heard of it, monotonic ms. Its owner writes it with each frame, which is all a frame costs. */
  lastHeardMs: number;
  /** The wheel's: `lastHeardMs` of the silence that was told already. */
  silenceToldMs: number;
  /** The wheel's: where the entry is. */
  wheelSlot: number;
  wheelIndex: number;
}

/** What a wheel waits for and whom it tells. `deadMs` is at most 60 s. */
export interface WheelSettings<E> {
  readonly silentMs: number;
  readonly deadMs: number;
  /** Once for each silence that reaches `silentMs`. */
  readonly onSilent: (entry: E) => void;
  /** The silence reached `deadMs`; the entry is out of the wheel. */
  readonly onDead: (entry: E) => void;
}

/** The times of PROTOCOL.md, section 5. */
export const HEARTBEAT_TIMES = { silentMs: LIMITS.heartbeatIntervalMs, deadMs: LIMITS.heartbeatTimeoutMs } as const;

/**
 * A timing wheel for tens of thousands of connections: one timer for all, and a connection is looked at only when it
 * may have become silent, about twice a minute. Each is told within 0.5 s of its time.
 *
 * With `silentMs` = `deadMs` it is a plain deadline, such as that for `register`: `onSilent` is never called then.
 * An entry is in one wheel at a time.
 */
export class HeartbeatWheel<E extends WheelEntry> {
  readonly #slots: E[][] = Array.from({ length: SLOTS }, () => []);
  readonly #settings: WheelSettings<E>;
  #tick: number;
  #lastMs: number;
  #spared = false;

  constructor(settings: WheelSettings<E>, nowMs: number) {
    if (settings.deadMs > (SLOTS - 2) * WHEEL_TICK_MS)
      throw new RangeError('deadMs must be shorter than a turn of the wheel');
    this.#settings = settings;
    this.#tick = Math.floor(nowMs / WHEEL_TICK_MS);
    this.#lastMs = nowMs;
  }

  /** Starts to watch the entry, from its `lastHeardMs`. */
  add(entry: E): void {
    if (entry.wheelSlot !== NOT_IN_WHEEL) throw new Error('An entry is in one wheel at a time');
    entry.silenceToldMs = NaN;
    this.#place(entry, entry.lastHeardMs + this.#settings.silentMs);
  }

  /** Forgets the entry at once; doing so twice does no harm. */
  remove(entry: E): void {
    if (entry.wheelSlot === NOT_IN_WHEEL) return;
    const slot = this.#slot(entry.wheelSlot);
    const last = slot.pop();
    if (last !== undefined && last !== entry) {
      slot[entry.wheelIndex] = last;
      last.wheelIndex = entry.wheelIndex;
    }
    entry.wheelSlot = NOT_IN_WHEEL;
  }

  /**
   * Lets time pass up to `nowMs`; call it every `WHEEL_TICK_MS`. One tick that comes more than a second after the last
   * judges nobody: while the process stood still it read no frames, and those that wait are read before the next.
   */
  tick(nowMs: number): void {
    const late = nowMs - this.#lastMs > LATE_MS;
    this.#lastMs = nowMs;
    this.#spared = late && !this.#spared;
    if (this.#spared) return;
    const end = Math.floor(nowMs / WHEEL_TICK_MS);
    while (this.#tick < end) this.#turn(++this.#tick);
  }

  #turn(tick: number): void {
    const slot = this.#slot(tick % SLOTS);
    // Judged entries go to later slots, so this one runs empty; callbacks may remove any entry meanwhile.
    for (let entry = slot.pop(); entry !== undefined; entry = slot.pop()) {
      entry.wheelSlot = NOT_IN_WHEEL;
      this.#judge(entry, tick * WHEEL_TICK_MS);
    }
  }

  #judge(entry: E, nowMs: number): void {
    const { silentMs, deadMs, onSilent, onDead } = this.#settings;
    const heardMs = entry.lastHeardMs;
    const silenceMs = nowMs - heardMs;
    if (silenceMs >= deadMs) {
      onDead(entry);
    } else if (silenceMs < silentMs) {
      this.#place(entry, heardMs + silentMs);
    } else {
      this.#place(entry, heardMs + deadMs);
      if (entry.silenceToldMs === heardMs) return;
      entry.silenceToldMs = heardMs;
      onSilent(entry);
    }
  }

  #place(entry: E, dueMs: number): void {
    // Never the slot at hand, never a whole turn ahead: an entry that comes up early is judged and placed again.
    const tick = Math.min(Math.max(Math.ceil(dueMs / WHEEL_TICK_MS), this.#tick + 1), this.#tick + SLOTS - 1);
    entry.wheelSlot = tick % SLOTS;
    const slot = this.#slot(entry.wheelSlot);
    entry.wheelIndex = slot.push(entry) - 1;
  }

  #slot(index: number): E[] {
    const slot = this.#slots[index];
    if (slot === undefined) throw new RangeError('No such slot');
    return slot;
  }
}
