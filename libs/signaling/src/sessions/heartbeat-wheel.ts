/** How often to call `tick`. Half of the wheel's maximum delay, because its ticks and the owner's are not in step. */
export const WHEEL_TICK_MS = 250;

/** One turn must be longer than the longest wait: 256 ticks are 64 s. */
const SLOTS = 256;

/** If no tick came for this long, the process itself was not running. */
const LATE_MS = 1_000;

/** `wheelSlot` of an entry that is in no wheel. */
export const NOT_IN_WHEEL = -1;

/**
 * What the wheel needs of a connection. Initial values: `lastHeardMs`: now, `silenceReportedMs`: NaN, `wheelSlot`:
 * `NOT_IN_WHEEL`, `wheelIndex`: 0.
 */
export interface WheelEntry {
  /**
   * When the last frame was received, monotonic ms. The owner writes it with each frame; a frame costs nothing else.
   */
  lastHeardMs: number;
  /** Internal to the wheel: `lastHeardMs` of the silence that was already reported. */
  silenceReportedMs: number;
  /** Internal to the wheel: the position of the entry. */
  wheelSlot: number;
  wheelIndex: number;
}

/** Time limits of a wheel and its callbacks. `deadMs` is at most 60 s. */
export interface WheelSettings<E> {
  readonly silentMs: number;
  readonly deadMs: number;
  /** Called once for each silence that reaches `silentMs`. */
  readonly onSilent: (entry: E) => void;
  /** Called when a silence has reached `deadMs`; the entry has left the wheel. */
  readonly onDead: (entry: E) => void;
}

/**
 * A timing wheel for tens of thousands of connections: one timer serves all of them, and a connection is examined only
 * when it may have become silent, about twice a minute. Each callback comes within 0.5 s of its time.
 *
 * If `silentMs` = `deadMs`, the wheel is a plain deadline, such as that for `register`: `onSilent` is never called
 * then. An entry is in one wheel at a time.
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
    entry.silenceReportedMs = NaN;
    this.#place(entry, entry.lastHeardMs + this.#settings.silentMs);
  }

  /** Removes the entry at once; removing it twice is harmless. */
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
   * Advances the time to `nowMs`; call it every `WHEEL_TICK_MS`. A tick that comes more than a second after the last
   * one reports no entry: the process was not running and read no frames, and frames that wait are read before the
   * next tick.
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
    // Examined entries move to later slots, so this one becomes empty; callbacks may remove any entry meanwhile.
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
      if (entry.silenceReportedMs === heardMs) return;
      entry.silenceReportedMs = heardMs;
      onSilent(entry);
    }
  }

  #place(entry: E, dueMs: number): void {
    // Never the current slot, never a whole turn ahead: an entry that comes up early is examined and placed again.
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
