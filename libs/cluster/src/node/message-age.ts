import type { NodeId } from '@white-rabbit/signaling';
import type { Clock } from '../clock.js';

/** Maximum of remembered nodes: far more than a cluster has. The oldest is dropped for one more. */
const SENDERS = 4096;

/** A sender's fastest batch is searched for in the current window and the previous one. Ms. */
const WINDOW_MS = 10_000;

/** Two monotonic clocks drift apart by at most this part of the time: each is slewed by 500 ppm at most. */
const DRIFT = 0.001;

/** Interval of the checks whether this process runs. Ms. */
const LOOK_MS = 500;

/** If a check is late by more than this, the process was stopped or its event loop blocked. Ms. */
const STALL_MS = 1000;

/** Of one sender: receive time by our clock minus send time by its clock, the smallest of a window. Ms. */
interface Transit {
  smallest: number;
  smallestBefore: number;
  windowSince: number;
}

/** Dependencies for measuring ages. */
export interface MessageAgeOptions {
  readonly clock: Clock;
  /** Older batches are late. Ms. */
  readonly limitMs: number;
  /** Sends a text to this node itself through the bus; `heardSelf` is called when it has returned. */
  readonly sendToSelf: (text: string) => void;
}

/**
 * Decides whether a batch was in transit for longer than its sender waits. No two clocks agree: a batch contains its
 * sender's monotonic time, and its age is the difference between its transit and the smallest transit of that sender.
 * A sender whose clock was stopped for a while counts as late for two windows at most.
 *
 * Nothing can be measured for a sender that was never heard before. Its batches count as prompt, unless this process
 * was stopped: then they are late until a text that was sent to this very node after the stall has returned, behind
 * everything that had waited.
 */
export class MessageAge {
  readonly #transits = new Map<NodeId, Transit>();
  readonly #cancelLook: () => void;
  #lastLook: number;
  #stalls = 0;
  #isProven = true;

  constructor(private readonly options: MessageAgeOptions) {
    this.#lastLook = options.clock.now();
    this.#cancelLook = options.clock.every(LOOK_MS, () => {
      this.#look();
      this.#lastLook = options.clock.now();
      if (!this.#isProven) this.#probe();
    });
  }

  /** Whether a batch that is received now and left at `sentMs`, by its sender's monotonic clock, is late. */
  isLate(from: NodeId, sentMs: number): boolean {
    this.#look();
    const now = this.options.clock.now();
    const transit = this.#transits.get(from);
    if (transit === undefined) {
      if (this.#isProven) this.#remember(from, now - sentMs, now);
      return !this.#isProven;
    }
    const drift = DRIFT * (now - transit.windowSince);
    const age = now - sentMs - Math.min(transit.smallest, transit.smallestBefore) - drift;
    // Batches that waited during a stall do not show how fast this sender's batches arrive.
    if (this.#isProven) note(transit, now - sentMs, now, drift);
    return age > this.options.limitMs;
  }

  /** A text that this node sent to itself has returned. */
  heardSelf(text: string): void {
    if (text === this.#probeText) this.#isProven = true;
  }

  stop(): void {
    this.#cancelLook();
  }

  /** Called with each batch too: after a stall, batches that wait in the socket may be read before any timer runs. */
  #look(): void {
    if (this.options.clock.now() - this.#lastLook <= LOOK_MS + STALL_MS) return;
    this.#lastLook = this.options.clock.now();
    this.#isProven = false;
    this.#stalls++;
    this.#probe();
  }

  get #probeText(): string {
    return `stall ${this.#stalls}`;
  }

  #probe(): void {
    this.options.sendToSelf(this.#probeText);
  }

  #remember(from: NodeId, transitMs: number, now: number): void {
    if (this.#transits.size >= SENDERS) {
      for (const first of this.#transits.keys()) {
        this.#transits.delete(first);
        break;
      }
    }
    this.#transits.set(from, { smallest: transitMs, smallestBefore: Infinity, windowSince: now });
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
