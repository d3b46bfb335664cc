import type { Clock } from '../clock.js';

/** A sender's fastest publish is searched for in the current window and the previous one. Ms. */
const WINDOW_MS = 10_000;

/** Two monotonic clocks drift apart by at most this part of the time: each is slewed by 500 ppm at most. */
const DRIFT = 0.001;

/** Interval of the checks whether this process runs. Ms. */
const LOOK_MS = 500;

/** If a check is late by more than this, the process was stopped or its event loop blocked. Ms. */
const STALL_MS = 1000;

/** Of one sender: receive time by our clock minus send time by its clock, the smallest of a window. Ms. */
export interface Transit {
  smallest: number;
  smallestBefore: number;
  windowSince: number;
}

/** Dependencies for measuring ages. */
export interface MessageAgeOptions {
  readonly clock: Clock;
  /** Older publishes are late. Ms. */
  readonly limitMs: number;
  /** Sends a probe to this node itself; returns its number. `returned` is called when it has arrived. */
  readonly probe: () => number;
}

/**
 * Decides whether a publish was in transit for longer than its sender waits. No two clocks agree: a publish contains
 * its sender's monotonic time, and its age is the difference between its transit and the smallest transit of that
 * sender. A sender whose clock was stopped for a while counts as late for two windows at most.
 *
 * Nothing can be measured for a sender that was never heard before. Its publishes count as prompt, unless this process
 * was stopped: then they are late until a probe that was sent after the stall has returned, behind everything that had
 * waited.
 */
export class MessageAge {
  readonly #cancelLook: () => void;
  #lastLook: number;
  /** Number of the first probe after the last stall; `undefined`: one has returned since. */
  #proof: number | undefined;

  constructor(private readonly options: MessageAgeOptions) {
    this.#lastLook = options.clock.now();
    this.#cancelLook = options.clock.every(LOOK_MS, () => {
      this.#look();
      this.#lastLook = options.clock.now();
      if (this.#proof !== undefined) options.probe();
    });
  }

  /** Whether a publish that is received now and left at `sentMs`, by its sender's monotonic clock, is late. */
  isLate(sender: { transit: Transit | undefined }, sentMs: number): boolean {
    this.#look();
    const now = this.options.clock.now();
    const { transit } = sender;
    if (transit === undefined) {
      const isProven = this.#proof === undefined;
      if (isProven) sender.transit = { smallest: now - sentMs, smallestBefore: Infinity, windowSince: now };
      return !isProven;
    }
    const drift = DRIFT * (now - transit.windowSince);
    const age = now - sentMs - Math.min(transit.smallest, transit.smallestBefore) - drift;
    // Publishes that waited during a stall do not show how fast this sender's publishes arrive.
    if (this.#proof === undefined) note(transit, now - sentMs, now, drift);
    return age > this.options.limitMs;
  }

  /** The probe of that number, or a later one, has returned. */
  returned(probe: number): void {
    if (this.#proof !== undefined && probe >= this.#proof) this.#proof = undefined;
  }

  stop(): void {
    this.#cancelLook();
  }

  /** Called with each publish too: after a stall, those that wait in the socket may be read before any timer runs. */
  #look(): void {
    if (this.options.clock.now() - this.#lastLook <= LOOK_MS + STALL_MS) return;
    this.#lastLook = this.options.clock.now();
    this.#proof = this.options.probe();
  }
}

function note(transit: Transit, transitMs: number, now: number, drift: number): void {
  if (now - transit.windowSince < WINDOW_MS) {
    if (transitMs < transit.smallest) transit.smallest = transitMs;
    return;
  }
  transit.smallestBefore = transit.smallest + drift;
  transit.smallest = transitMs;
  transit.windowSince = now;
}
