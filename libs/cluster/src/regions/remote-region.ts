import type { NodeId } from '@white-rabbit/signaling';
import type { Engines, Reach } from '../engines.js';
import type { Cancel, Clock } from '../clock.js';
import { Listeners } from '../listeners.js';
import { encodeHeader, encodeMessage } from '../rpc/publish-codec.js';

/** As long as a node's lease: after a longer silence the nodes of the region would be dead too. Ms. */
export const LINK_LEASE_MS = 10_000;

/** Time limit of a question to another region: at a round trip of 200 ms, one packet of it may be lost. Ms. */
export const REMOTE_LIMIT_MS = 1000;

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
  /** Was not reachable at the last check, or has left a question without an answer. */
  #hasMissed = true;

  constructor({ name, engines, self, clock }: RemoteRegionOptions) {
    this.name = name;
    this.engines = engines;
    this.#self = self;
    this.#clock = clock;
    this.#lastTick = clock.now();
    engines.bus.onMessage((text) => {
      if (text === this.#probeText) this.#heard();
    });
    this.#cancelTick = clock.every(PROBE_MS, () => {
      this.#tick();
    });
    this.#probe();
  }

  get reach(): Reach {
    const silentMs = this.#clock.now() - this.#heardAt;
    if (silentMs > LINK_LEASE_MS) return 'lost';
    return silentMs > DOUBT_MS || !this.engines.isUp() ? 'doubtful' : 'reachable';
  }

  /** It is reachable for the first time or again, also after a question that failed: what was left open can be asked. */
  onBack(listener: () => void): void {
    this.#backListeners.add(listener);
  }

  /**
   * The answer of the region; `undefined` if it does not answer within `REMOTE_LIMIT_MS`, which says nothing about the
   * link. At once if the region is unavailable. Never rejects.
   */
  request<T>(question: (engines: Engines) => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const fail = (): void => {
        this.#hasMissed = true;
        resolve(undefined);
      };
      if (this.reach !== 'reachable') {
        fail();
        return;
      }
      const cancel = this.#clock.after(REMOTE_LIMIT_MS, fail);
      question(this.engines).then(
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
    if (this.reach !== 'reachable') this.#hasMissed = true;
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
    this.#heardAt = this.#clock.now();
    if (!this.#hasMissed || !this.engines.isUp()) return;
    this.#hasMissed = false;
    this.#backListeners.notify();
  }
}
