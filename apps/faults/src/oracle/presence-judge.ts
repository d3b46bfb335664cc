import type { Deadlines } from './deadlines.js';
import type { Disturbances } from './disturbances.js';
import { RegisterAttempts, type Attempt } from './register-attempts.js';
import type { Violations } from './violations.js';

/** ONLINE or OFFLINE. */
export type Status = 'ONLINE' | 'OFFLINE';

/** What is true of a peer: it registered, or its last connection ended. Another object for each change. */
interface Peer {
  readonly isRegistered: boolean;
  readonly sinceMs: number;
  readonly gateway: number;
}

/** What a session was notified of last about one contact. */
interface View {
  readonly status: Status;
  /** When it was first notified of this status. */
  readonly sinceMs: number;
  /** The last attempt of the contact to register before that: the cause of ONLINE, if it was refused or lost. */
  readonly attempt: Attempt | undefined;
  /** Counted already, until the status changes. */
  isCounted: boolean;
}

/** What a session sees of its contacts. */
interface Session {
  readonly sinceMs: number;
  /** The contacts of its `register` without a status. */
  readonly unseen: Set<string>;
  readonly views: Map<string, View>;
}

/** A session was notified of OFFLINE: wrong if the end of that peer's connection does not arrive here soon. */
interface Suspicion {
  /** The registration that must have ended. */
  readonly peer: Peer;
  readonly target: string;
  readonly what: string;
  readonly sinceMs: number;
}

/** Judges what sessions see of their contacts against what the contacts themselves know. */
export class PresenceJudge {
  readonly #peers = new Map<string, Peer>();
  readonly #attempts = new RegisterAttempts();
  readonly #sessions = new Map<string, Session>();
  #suspicions: Suspicion[] = [];

  constructor(
    private readonly deadlines: Deadlines,
    private readonly violations: Violations,
    private readonly disturbances: Disturbances,
  ) {}

  /** The peer asks that gateway for a session. */
  registers(peer: string, gateway: number): void {
    this.#attempts.begin(peer, gateway);
  }

  /** It got an error. */
  refused(peer: string, nowMs: number): void {
    this.#attempts.end(peer, nowMs);
  }

  /** The peer registered at that gateway; it has not seen any of its contacts yet. */
  registered(peer: string, gateway: number, contacts: readonly string[], nowMs: number): void {
    const known = this.#peers.get(peer);
    // A takeover changes nothing for watchers.
    const sinceMs = known?.isRegistered === true ? known.sinceMs : nowMs;
    this.#peers.set(peer, { isRegistered: true, sinceMs, gateway });
    this.#attempts.end(peer, nowMs);
    this.#sessions.set(peer, { sinceMs: nowMs, unseen: new Set(contacts), views: new Map() });
  }

  /** The connection of the peer ended, closed by either side. */
  gone(peer: string, nowMs: number): void {
    const known = this.#peers.get(peer);
    const gateway = this.#attempts.end(peer, nowMs) ?? (known?.isRegistered === true ? known.gateway : undefined);
    if (gateway === undefined) return;
    this.#peers.set(peer, { isRegistered: false, sinceMs: nowMs, gateway });
    this.#sessions.delete(peer);
  }

  /** A session of `watcher` was notified. */
  saw(watcher: string, target: string, status: Status, nowMs: number): void {
    const session = this.#sessions.get(watcher);
    const before = session?.views.get(target)?.status;
    if (session === undefined || before === status) return;
    const view = { status, sinceMs: nowMs, attempt: this.#attempts.last(target), isCounted: false };
    session.views.set(target, view);
    session.unseen.delete(target);
    this.#judgeView(watcher, target, view, nowMs);
    const peer = this.#peers.get(target);
    if (status === 'OFFLINE' && before === 'ONLINE' && peer !== undefined && this.#isSteady(watcher, peer, nowMs)) {
      const heldS = ((nowMs - peer.sinceMs) / 1000).toFixed(1);
      const what = `${watcher} was notified of ${target}, registered ${heldS} s before`;
      this.#suspicions.push({ peer, target, what, sinceMs: nowMs });
    }
  }

  judge(nowMs: number): void {
    this.#judgeSuspicions(nowMs);
    for (const [watcher, session] of this.#sessions) {
      this.#judgeUnseen(watcher, session, nowMs);
      for (const [target, view] of session.views) this.#judgeView(watcher, target, view, nowMs);
    }
  }

  /** How many contacts have no status, or one that differs from the truth at this moment, whatever the deadlines. */
  get wrong(): number {
    return [...this.#sessions.values()].reduce((sum, { views, unseen }) => {
      return sum + unseen.size + [...views].filter(([target, { status }]) => status !== this.#truth(target)).length;
    }, 0);
  }

  /** The number of views. */
  get views(): number {
    return [...this.#sessions.values()].reduce((sum, { views }) => sum + views.size, 0);
  }

  /** The gateway of the last session of the peer. */
  gatewayOf(peer: string): number | undefined {
    return this.#peers.get(peer)?.gateway;
  }

  #truth(target: string): Status {
    return this.#peers.get(target)?.isRegistered === true ? 'ONLINE' : 'OFFLINE';
  }

  /**
   * Registered for long enough: no event may say OFFLINE, not even during an outage. A gateway that did not run reports
   * late, and in order, what happened meanwhile.
   */
  #isSteady(watcher: string, { isRegistered, sinceMs, gateway }: Peer, nowMs: number): boolean {
    if (!isRegistered || nowMs - sinceMs <= this.deadlines.onlineMs) return false;
    const ends = [gateway, this.#peers.get(watcher)?.gateway ?? -1];
    const resumedAtMs = Math.max(...ends.map((end) => this.disturbances.resumedAtMs(end)));
    return nowMs - resumedAtMs > this.deadlines.recoveryMs;
  }

  #judgeSuspicions(nowMs: number): void {
    const due = this.#suspicions.filter(({ sinceMs }) => nowMs - sinceMs > this.deadlines.arrivalMs);
    this.#suspicions = this.#suspicions.filter((suspicion) => !due.includes(suspicion));
    for (const { peer, target, what } of due) {
      if (this.#peers.get(target) === peer) this.violations.add('false_offline', what);
    }
  }

  /** All statuses come directly behind `registered`; each contact without one is counted once. */
  #judgeUnseen(watcher: string, { sinceMs, unseen }: Session, nowMs: number): void {
    const { outageEndedAtMs } = this.disturbances;
    const backMs = Math.max(outageEndedAtMs, this.disturbances.resumedAtMs(this.gatewayOf(watcher) ?? -1));
    const { onlineMs, recoveryMs } = this.deadlines;
    if (unseen.size === 0 || nowMs <= Math.max(sinceMs + onlineMs, backMs + recoveryMs)) return;
    this.violations.add('unseen', `${[...unseen][0]} at ${watcher}`, unseen.size);
    unseen.clear();
  }

  #judgeView(watcher: string, target: string, view: View, nowMs: number): void {
    if (view.isCounted || !this.#isWrong(watcher, target, view, nowMs)) return;
    view.isCounted = true;
    this.violations.add(view.status === 'ONLINE' ? 'false_online' : 'false_offline', `${watcher} sees ${target}`);
  }

  #isWrong(watcher: string, target: string, view: View, nowMs: number): boolean {
    const { status, sinceMs } = view;
    if (status === this.#truth(target)) return false;
    const onlineByMs = Math.max(sinceMs, this.#peers.get(target)?.sinceMs ?? 0) + this.deadlines.onlineMs;
    const dueMs = status === 'ONLINE' ? this.#offlineByMs(target, view) : onlineByMs;
    return nowMs > Math.max(dueMs, this.#recoveredAtMs(watcher, target, status));
  }

  /** Counts from the end of the peer itself, or of its attempt, however late a session is notified of ONLINE. */
  #offlineByMs(target: string, { attempt }: View): number {
    if (this.#attempts.isOpen(target)) return Infinity;
    const peer = this.#peers.get(target);
    const ends = [peer && { gateway: peer.gateway, endMs: peer.sinceMs }, attempt];
    const { offlineMs, killedMs } = this.deadlines;
    const dues = ends.map((end) => {
      if (end?.endMs === undefined) return -Infinity;
      return this.disturbances.knownByMs(end.gateway, end.endMs, offlineMs, killedMs);
    });
    return Math.max(...dues);
  }

  #recoveredAtMs(watcher: string, target: string, status: Status): number {
    const gateway = this.gatewayOf(target) ?? -1;
    const ends = [this.gatewayOf(watcher) ?? -1, gateway].map((end) => this.disturbances.resumedAtMs(end));
    const { killedMs, recoveryMs } = this.deadlines;
    const isKilled = status === 'ONLINE' && this.disturbances.wasKilledAround(gateway, killedMs);
    return Math.max(this.disturbances.outageEndedAtMs, ...ends) + (isKilled ? killedMs : recoveryMs);
  }
}
