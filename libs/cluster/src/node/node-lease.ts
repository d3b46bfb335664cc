import type { NodeId } from '@white-rabbit/signaling';
import type { Bus, Delivery } from '../bus.js';
import type { NodeRegistry } from '../node-registry.js';
import type { NodeReport } from '../node-report.js';
import { systemClock, type Cancel, type Clock } from './clock.js';
import { Listeners } from './listeners.js';

/**
 * - `joined`: the node has its lease and hears what is sent to it.
 * - `deaf`: commands succeed, but its own probes do not come back: others cannot reach it.
 * - `down`: commands fail.
 */
export type NodeState = 'joined' | 'deaf' | 'down';

/** Settings of a node's lease. */
export interface NodeLeaseOptions {
  readonly registry: NodeRegistry;
  readonly bus: Bus;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** Between two renewals. Ms. */
  readonly renewMs?: number;
  /** Makes a new subscriber connection; called when probes stay away. Resolves when it listens; may reject. */
  readonly resetSubscriber: () => void | Promise<void>;
  /** Told of each renewal. `lapsed`: the lease had run out, and was taken again; `failed`: the registry did not answer. */
  readonly onRenewal?: (outcome: LeaseRenewal) => void;
}

/** What became of one renewal of the lease. */
export type LeaseRenewal = 'kept' | 'lapsed' | 'failed';

/** A probe on its way. */
interface Probe {
  readonly body: string;
  readonly sentAt: number;
}

/** How often the node looks at itself; while it is not joined it sends a probe each time. Ms. */
const TICK_MS = 1000;
/** So many renewals' time without hearing a probe, and the subscriber is made anew. */
const DEAF_AFTER_RENEWALS = 2;
/** The same for a node whose commands have just begun to succeed again. Ms. */
const RETURN_MS = 2000;

/**
 * This node's own life in the cluster. It sends itself a probe through the bus, and renews its lease only when the probe
 * came back: a node that cannot hear must not count as living.
 */
export class NodeLease {
  readonly #options: NodeLeaseOptions;
  readonly #clock: Clock;
  readonly #renewMs: number;
  readonly #lapsed = new Listeners<[]>();
  readonly #up = new Listeners<[]>();
  #current: NodeState = 'down';
  #cancelTick: Cancel | undefined;
  #lastTick = 0;
  #probe: Probe | undefined;
  #probes = 0;
  /** When the first probe left of those that did not come back since the last one that did. */
  #unheardSince: number | undefined;
  #lagMs: number | undefined;
  #leaseMs: number | undefined;
  #report: () => NodeReport | undefined = () => undefined;
  #renewing = false;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#renewMs = options.renewMs ?? 3000;
    options.bus.onMessage((from, body) => {
      if (from === options.self && body === this.#probe?.body) this.#heard(this.#probe);
    });
  }

  get state(): NodeState {
    return this.#current;
  }

  /** How long the last probe that came back took through the bus, in ms. */
  get probeLagMs(): number | undefined {
    return this.#lagMs;
  }

  /** How long the last renewal of the lease took, in ms. */
  get renewalMs(): number | undefined {
    return this.#leaseMs;
  }

  /** Sets what the node tells of itself: asked at each renewal, from the first on. */
  reportBy(report: () => NodeReport): void {
    this.#report = report;
  }

  /** Lets others know now what has changed in the report. A node that cannot hear tells it once it can. */
  tellNow(): void {
    // A probe that is on its way brings the renewal, and the report with it, by itself.
    if (this.#current === 'joined' && this.#unheardSince === undefined) this.#sendProbe();
  }

  /** Whether this node and others can talk to each other now. */
  isReachable(): boolean {
    return this.#current === 'joined';
  }

  /** The lease had run out: others may have given this node up, or the registry came back empty. Routes are to be claimed again. */
  onLapsed(listener: () => void): void {
    this.#lapsed.add(listener);
  }

  /** The node is joined again after it was deaf or down. Told after `onLapsed` where both happened. */
  onUp(listener: () => void): void {
    this.#up.add(listener);
  }

  /** Takes the lease and keeps it from now on. Never rejects: where it does not succeed, `state` says so, and it goes on trying. */
  async join(): Promise<void> {
    this.#lastTick = this.#clock.now();
    this.#cancelTick = this.#clock.every(TICK_MS, () => {
      this.#tick();
    });
    try {
      await this.#options.registry.join(this.#options.self, this.#report());
      this.#current = 'joined';
    } catch {
      this.#current = 'down';
    }
    this.#sendProbe();
  }

  /** Ends, and gives the lease back where the registry can be asked. */
  async stop(): Promise<void> {
    this.abandon();
    await this.#options.registry.leave(this.#options.self).catch(() => undefined);
  }

  /** Ends as a killed process does: the lease is left to run out. */
  abandon(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.#probe = undefined;
    this.#current = 'down';
  }

  #tick(): void {
    const now = this.#clock.now();
    const wasBlocked = now - this.#lastTick > 2 * TICK_MS;
    this.#lastTick = now;
    // A process that stood still has not listened either: its probe proves nothing.
    if (wasBlocked) this.#forgetProbe();
    if (this.#isProbeDue(now)) this.#probeAgain(now);
  }

  #isProbeDue(now: number): boolean {
    if (this.#probe === undefined) return true;
    const isReturning = this.#current === 'down' || (this.#unheardSince === undefined && this.#current === 'deaf');
    const pace = isReturning ? TICK_MS : this.#renewMs;
    // Half a tick of room for timers that fire early.
    return now - this.#probe.sentAt >= pace - TICK_MS / 2;
  }

  #probeAgain(now: number): void {
    // After an outage of the commands the same fault may have cut the subscriber off: that is found out soon, but once,
    // for a subscriber that has many channels needs its time.
    const limitMs = this.#current === 'down' ? RETURN_MS : DEAF_AFTER_RENEWALS * this.#renewMs;
    const isDeaf = this.#unheardSince !== undefined && now - this.#unheardSince >= limitMs - TICK_MS / 2;
    if (isDeaf) void this.#resubscribe();
    else this.#sendProbe();
  }

  async #resubscribe(): Promise<void> {
    this.#current = 'deaf';
    this.#forgetProbe();
    try {
      await this.#options.resetSubscriber();
    } catch {
      // It tells the next probes.
    }
    this.#sendProbe();
  }

  #forgetProbe(): void {
    this.#probe = undefined;
    this.#unheardSince = undefined;
  }

  #sendProbe(): void {
    if (this.#cancelTick === undefined) return;
    const probe: Probe = { body: `probe ${++this.#probes}`, sentAt: this.#clock.now() };
    this.#probe = probe;
    this.#unheardSince ??= probe.sentAt;
    void this.#options.bus.send(this.#options.self, probe.body).then((delivery) => {
      this.#sent(probe, delivery);
    });
  }

  #sent(probe: Probe, delivery: Delivery): void {
    if (this.#probe !== probe) return;
    if (delivery === 'unavailable' || delivery === 'uncertain') {
      // Not deafness: it is not known that anything was sent that could have been heard.
      this.#forgetProbe();
      this.#current = 'down';
      return;
    }
    if (delivery === 'sent') return;
    this.#probe = undefined;
    this.#current = 'deaf';
  }

  #heard(probe: Probe): void {
    this.#lagMs = this.#clock.now() - probe.sentAt;
    this.#unheardSince = undefined;
    void this.#renew();
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const askedAt = this.#clock.now();
      const wasAlive = await this.#options.registry.renew(this.#options.self, this.#report());
      this.#leaseMs = this.#clock.now() - askedAt;
      this.#renewed(wasAlive);
    } catch {
      this.#options.onRenewal?.('failed');
      this.#current = 'down';
    } finally {
      this.#renewing = false;
    }
  }

  #renewed(wasAlive: boolean): void {
    if (this.#cancelTick === undefined) return;
    this.#options.onRenewal?.(wasAlive ? 'kept' : 'lapsed');
    const wasUp = this.#current === 'joined';
    this.#current = 'joined';
    if (!wasAlive) this.#lapsed.notify();
    if (!wasUp) this.#up.notify();
  }
}
