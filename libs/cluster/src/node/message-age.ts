import type { NodeId } from '@white-rabbit/signaling';
import type { Clock } from './clock.js';

/** Nodes remembered at most: far more than a cluster has. The one heard first is forgotten for one more. */
const SENDERS = 4096;

/** A sender's fastest batch is looked for in the present window and the one before. Ms. */
const WINDOW_MS = 10_000;

/** Two monotonic clocks drift apart by at most this part of the time: each is slewed by 500 ppm at most. */
const DRIFT = 0.001;

/** Between two looks at whether this process runs. Ms. */
const LOOK_MS = 500;

/** A look that is late by so much more: the process was stopped or its event loop blocked. Ms. */
const STALL_MS = 1000;

/** Of one sender: receive time by our clock minus send time by its clock, the smallest of a window. Ms. */
interface Transit {
  smallest: number;
  smallestBefore: number;
  windowSince: number;
}

/** What is needed to measure ages. */
export interface MessageAgeOptions {
  readonly clock: Clock;
  /** What is older is late. Ms. */
  readonly limitMs: number;
  /** Sends a text to this node itself through the bus; `heardSelf` is told when it is back. */
  readonly sendToSelf: (text: string) => void;
}

/**
 * Tells whether a batch was under way for longer than its sender waits. No two clocks agree: a batch carries its
 * sender's monotonic time, and its age is by how much its transit exceeds the smallest transit of that sender. A sender
 * whose clock stood still for a while counts as late for two windows at most.
 *
 * Nothing can be measured of a sender that was never heard before. Its batches count as prompt, unless this process stood
 * still: then they are late until a text that was sent to this very node after the stall has come back, behind
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
    // What waited during a stall says nothing of how fast this sender's batches come.
    if (this.#isProven) note(transit, now - sentMs, now, drift);
    return age > this.options.limitMs;
  }

  /** A text that this node sent itself has come back. */
  heardSelf(text: string): void {
    if (text === this.#probeText) this.#isProven = true;
  }

  stop(): void {
    this.#cancelLook();
  }

  /** Called with each batch too: after a stall, what waits in the socket may be read before any timer runs. */
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
