import type { NodeId } from '@white-rabbit/signaling';
import type { Delivery } from '../bus.js';
import type { NodeRegistry } from '../node-registry.js';
import type { NodeReport } from '../node-report.js';
import { systemClock, type Cancel, type Clock } from '../clock.js';
import { Listeners } from '../listeners.js';
import type { NodeRpc, SentProbe } from '../rpc/node-rpc.js';

/**
 * - `joined`: the node has its lease and receives what is sent to it.
 * - `unreachable`: commands succeed, but its own probes do not return: others cannot reach it.
 * - `down`: commands fail.
 */
export type NodeState = 'joined' | 'unreachable' | 'down';

/** Settings of a node's lease. */
export interface NodeLeaseOptions {
  readonly registry: NodeRegistry;
  readonly rpc: Pick<NodeRpc, 'probe' | 'onProbe'>;
  readonly self: NodeId;
  readonly clock?: Clock;
  /** Between two renewals. Ms. */
  readonly renewMs?: number;
  /**
   * Opens a new subscriber connection; called when probes do not return. Resolves when it is subscribed; may reject.
   */
  readonly resetSubscriber: () => void | Promise<void>;
  /**
   * Called after each renewal. `lapsed`: the lease had expired, and was claimed again; `failed`: the registry did not
   * answer.
   */
  readonly onRenewal?: (outcome: LeaseRenewal) => void;
}

/** The outcome of one renewal of the lease. */
export type LeaseRenewal = 'kept' | 'lapsed' | 'failed';

/** A probe in transit. */
interface Probe extends SentProbe {
  readonly sentAt: number;
}

/** Interval of the node's checks of itself; while it is not joined, or a probe is missing, it sends a probe each time. Ms. */
const TICK_MS = 1000;
/**
 * After this time without a returned probe, the subscriber connection is replaced. The probe was sent one renewal interval
 * after the last renewal, so the new connection has 3 s until the lease expires. Ms.
 */
const UNREACHABLE_MS = 4000;
/** The same for a connection that has just been opened: many channels need time. Ms. */
const AGAIN_MS = 6000;
/** The same for a node whose commands have just started to succeed again. Ms. */
const RETURN_MS = 2000;

/**
 * Maintains this node's lease. The node sends itself a probe through the bus, and renews its lease only if the probe
 * returned: a node that cannot receive must not count as running.
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
  /** The first of the probes that have not returned since the last one that did. */
  #unheard: Probe | undefined;
  /** The commands failed since a probe last returned. */
  #isSuspect = false;
  #lagMs: number | undefined;
  #leaseMs: number | undefined;
  #report: () => NodeReport | undefined = () => undefined;
  #claimed: () => readonly string[] = () => [];
  #renewing = false;

  constructor(options: NodeLeaseOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#renewMs = options.renewMs ?? 3000;
    options.rpc.onProbe((number) => {
      if (this.#unheard !== undefined && number >= this.#unheard.number) this.#heard(number);
    });
  }

  get state(): NodeState {
    return this.#current;
  }

  /** Round trip of the last returned probe through the bus, in ms. */
  get probeLagMs(): number | undefined {
    return this.#lagMs;
  }

  /** How long the last renewal of the lease took, in ms. */
  get renewalMs(): number | undefined {
    return this.#leaseMs;
  }

  /** Sets the report of the node: called at each renewal, from the first on. */
  reportBy(report: () => NodeReport): void {
    this.#report = report;
  }

  /** Sets the instances on which all routes of the node are claimed: called at each renewal, from the first on. */
  claimedBy(claimed: () => readonly string[]): void {
    this.#claimed = claimed;
  }

  /** Publishes a changed report now. A node that cannot receive publishes it once it can. */
  tellNow(): void {
    // A probe in transit leads to the renewal, and publishes the report with it.
    if (this.#current === 'joined' && this.#unheard === undefined) this.#sendProbe();
  }

  /**
   * Commands failed for a moment, perhaps between two probes. The same fault may have cut off the subscriber, which must be
   * found before the lease expires.
   */
  disconnected(): void {
    this.#forgetProbe();
    this.#isSuspect = true;
  }

  /** Whether this node and others can talk to each other now. */
  isReachable(): boolean {
    return this.#current === 'joined';
  }

  /**
   * The lease had expired: others may have regarded this node as dead, or the registry restarted empty. Routes must be
   * claimed again.
   */
  onLapsed(listener: () => void): void {
    this.#lapsed.add(listener);
  }

  /** The node is joined again after it was unreachable or down. Called after `onLapsed` if both happened. */
  onUp(listener: () => void): void {
    this.#up.add(listener);
  }

  /**
   * Claims the lease and maintains it from now on. Never rejects: if the claim fails, `state` shows it, and the node
   * tries again.
   */
  async join(): Promise<void> {
    this.#lastTick = this.#clock.now();
    this.#cancelTick = this.#clock.every(TICK_MS, () => {
      this.#tick();
    });
    try {
      await this.#options.registry.join(this.#options.self, this.#report(), this.#claimed());
      this.#current = 'joined';
    } catch {
      this.#current = 'down';
    }
    this.#sendProbe();
  }

  /** Ends, and releases the lease if the registry answers. */
  async stop(): Promise<void> {
    this.abandon();
    await this.#options.registry.leave(this.#options.self).catch(() => undefined);
  }

  /** Ends like a killed process: the lease expires. */
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
    // A process that was stopped received nothing: its probe proves nothing.
    if (wasBlocked) this.#forgetProbe();
    if (this.#isProbeDue(now)) this.#probeAgain(now);
  }

  #isProbeDue(now: number): boolean {
    if (this.#probe === undefined) return true;
    const isSure = this.#current === 'joined' && this.#unheard === undefined && !this.#isSuspect;
    const pace = isSure ? this.#renewMs : TICK_MS;
    // A margin of half a tick for timers that fire early.
    return now - this.#probe.sentAt >= pace - TICK_MS / 2;
  }

  #probeAgain(now: number): void {
    const isUnreachable = this.#unheard !== undefined && now - this.#unheard.sentAt >= this.#limitMs - TICK_MS / 2;
    if (isUnreachable) void this.#resubscribe();
    else this.#sendProbe();
  }

  /** Time for a probe to return, until the subscriber connection is replaced. */
  get #limitMs(): number {
    // After an outage of the commands the same fault may have cut off the subscriber: that is checked soon, but once.
    if (this.#isSuspect || this.#current === 'down') return RETURN_MS;
    return this.#current === 'unreachable' ? AGAIN_MS : UNREACHABLE_MS;
  }

  async #resubscribe(): Promise<void> {
    this.#current = 'unreachable';
    this.#isSuspect = false;
    this.#forgetProbe();
    try {
      await this.#options.resetSubscriber();
    } catch {
      // The next probes show it.
    }
    this.#sendProbe();
  }

  #forgetProbe(): void {
    this.#probe = undefined;
    this.#unheard = undefined;
  }

  #sendProbe(): void {
    if (this.#cancelTick === undefined) return;
    const probe: Probe = { sentAt: this.#clock.now(), ...this.#options.rpc.probe() };
    this.#probe = probe;
    this.#unheard ??= probe;
    void probe.delivery.then((delivery) => {
      this.#sent(probe, delivery);
    });
  }

  #sent(probe: Probe, delivery: Delivery): void {
    if (this.#probe !== probe) return;
    if (delivery === 'unavailable' || delivery === 'uncertain') {
      // Not unreachable: it is unknown whether anything was sent that could have been received.
      this.#forgetProbe();
      this.#current = 'down';
      return;
    }
    if (delivery === 'sent') return;
    this.#probe = undefined;
    this.#current = 'unreachable';
  }

  #heard(number: number): void {
    const probe = number === this.#probe?.number ? this.#probe : this.#unheard;
    if (probe !== undefined) this.#lagMs = this.#clock.now() - probe.sentAt;
    this.#unheard = undefined;
    this.#isSuspect = false;
    void this.#renew();
  }

  async #renew(): Promise<void> {
    if (this.#renewing) return;
    this.#renewing = true;
    try {
      const askedAt = this.#clock.now();
      const wasAlive = await this.#options.registry.renew(this.#options.self, this.#report(), this.#claimed());
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
