import type { NodeId } from '@white-rabbit/signaling';
import type { Engines, Reach } from '../engines.js';
import type { Cancel, Clock } from '../clock.js';
import { Listeners } from '../listeners.js';
import { encodeHeader, encodeMessage } from '../rpc/publish-codec.js';

/** As long as a node's lease: after a longer silence the nodes of the region would be dead too. Ms. */
export const LINK_LEASE_MS = 10_000;

/** Time limit for another region: the longest round trip around the world, with a margin. Ms. */
export const REMOTE_LIMIT_MS = 500;

/**
 * A region that is back may have restarted empty: for this long its nodes renew their leases and claim their routes
 * again. Ms.
 */
export const GRACE_MS = 4500;

const PROBE_MS = 1000;
/** A probe is late after so long. Ms. */
const DOUBT_MS = 3000;
/** If commands succeed but no probe returns for this long, the subscriber connection is replaced. Ms. */
const DEAF_MS = 6000;

/** Dependencies of a remote region. */
export interface RemoteRegionOptions {
  readonly name: string;
  readonly engines: Engines;
  readonly self: NodeId;
  readonly clock: Clock;
}

/** This node's link to another region: whether it works, and calls with a time limit. */
export class RemoteRegion {
  readonly name: string;
  readonly engines: Engines;
  readonly #self: NodeId;
  readonly #clock: Clock;
  readonly #backListeners = new Listeners<[]>();
  readonly #cancelTick: Cancel;
  #probes = 0;
  /** The last probe, as it was sent. */
  #probeText = '';
  #heardAt = -Infinity;
  #resetAt = -Infinity;
  #lastTick: number;
  /** A call was not answered in time, and nothing was received since. */
  #isSilent = false;
  /** Was not reachable at the last check. */
  #wasAway = true;
  #backSince = -Infinity;

  constructor({ name, engines, self, clock }: RemoteRegionOptions) {
    this.name = name;
    this.engines = engines;
    this.#self = self;
    this.#clock = clock;
    this.#lastTick = clock.now();
    engines.bus.onMessage((text) => {
      if (text === this.#probeText) this.#heard();
    });
    engines.feed.onGap(() => {
      this.#noteBack();
    });
    this.#cancelTick = clock.every(PROBE_MS, () => {
      this.#tick();
    });
    this.#probe();
  }

  get reach(): Reach {
    const silentMs = this.#clock.now() - this.#heardAt;
    if (silentMs > LINK_LEASE_MS) return 'lost';
    return this.#isSilent || silentMs > DOUBT_MS || !this.engines.isUp() ? 'doubtful' : 'reachable';
  }

  /** How long it is back, having been away or having possibly forgotten everything. Ms. */
  get backForMs(): number {
    return this.#clock.now() - this.#backSince;
  }

  /** It is reachable again, or for the first time. */
  onBack(listener: () => void): void {
    this.#backListeners.add(listener);
  }

  /**
   * The answer of the region; `undefined` if it does not answer within `REMOTE_LIMIT_MS`. At once if the region is
   * unavailable. Never rejects.
   */
  async request<T>(question: (engines: Engines) => Promise<T>): Promise<T | undefined> {
    if (this.reach !== 'reachable') return undefined;
    return this.inTime(question(this.engines));
  }

  /** The same for a call that was sent already. */
  inTime<T>(answer: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const fail = (): void => {
        this.#isSilent = true;
        this.#wasAway = true;
        resolve(undefined);
      };
      const cancel = this.#clock.after(REMOTE_LIMIT_MS, fail);
      answer.then(
        (value) => {
          cancel();
          resolve(value);
        },
        () => {
          cancel();
          fail();
        },
      );
    });
  }

  close(): void {
    this.#cancelTick();
    this.engines.close();
  }

  #tick(): void {
    const now = this.#clock.now();
    // A process that was stopped received nothing either.
    if (now - this.#lastTick > 2 * PROBE_MS) this.#heardAt += now - this.#lastTick;
    this.#lastTick = now;
    if (this.reach !== 'reachable') this.#wasAway = true;
    if (this.engines.isUp() && now - Math.max(this.#heardAt, this.#resetAt) > DEAF_MS) {
      this.#resetAt = now;
      this.engines.resetSubscriber();
    }
    this.#probe();
  }

  /** Through the other region and back to this node, which listens there for nothing else. */
  #probe(): void {
    this.#probes += 1;
    const header = { from: this.#self, sequence: this.#probes, sentMs: this.#clock.now(), wallMs: 0 };
    this.#probeText = encodeHeader(header) + encodeMessage({ kind: 'probe' });
    void this.engines.bus.send(this.#self, this.#probeText);
  }

  #heard(): void {
    const isBack = this.#wasAway && this.engines.isUp();
    if (isBack) this.#noteBack();
    this.#heardAt = this.#clock.now();
    this.#isSilent = false;
    if (!isBack) return;
    this.#wasAway = false;
    this.#backListeners.notify();
  }

  /** A region that was never reachable has no known state that could stay valid. */
  #noteBack(): void {
    if (this.#heardAt > -Infinity) this.#backSince = this.#clock.now();
  }
}
