import type { Deadlines } from './deadlines.js';
import type { Disturbances } from './disturbances.js';
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
  status: Status;
  sinceMs: number;
  /** Counted already, until the next notification. */
  isCounted: boolean;
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
  readonly #views = new Map<string, Map<string, View>>();
  #suspicions: Suspicion[] = [];

  constructor(
    private readonly deadlines: Deadlines,
    private readonly violations: Violations,
    private readonly disturbances: Disturbances,
  ) {}

  /** The peer registered at that gateway; it has not seen any of its contacts yet. */
  registered(peer: string, gateway: number, nowMs: number): void {
    const known = this.#peers.get(peer);
    // A takeover changes nothing for watchers.
    const sinceMs = known?.isRegistered === true ? known.sinceMs : nowMs;
    this.#peers.set(peer, { isRegistered: true, sinceMs, gateway });
    this.#views.set(peer, new Map());
  }

  /** The connection of the peer ended, closed by either side. */
  gone(peer: string, nowMs: number): void {
    const known = this.#peers.get(peer);
    if (known?.isRegistered !== true) return;
    this.#peers.set(peer, { ...known, isRegistered: false, sinceMs: nowMs });
    this.#views.delete(peer);
  }

  /** A session of `watcher` was notified. */
  saw(watcher: string, target: string, status: Status, nowMs: number): void {
    const views = this.#views.get(watcher);
    if (views === undefined) return;
    const before = views.get(target)?.status;
    views.set(target, { status, sinceMs: nowMs, isCounted: false });
    const peer = this.#peers.get(target);
    if (status === 'OFFLINE' && before === 'ONLINE' && peer !== undefined && this.#isSteady(watcher, peer, nowMs)) {
      const heldS = ((nowMs - peer.sinceMs) / 1000).toFixed(1);
      const what = `${watcher} was notified of ${target}, registered ${heldS} s before`;
      this.#suspicions.push({ peer, target, what, sinceMs: nowMs });
    }
  }

  judge(nowMs: number): void {
    this.#judgeSuspicions(nowMs);
    for (const [watcher, views] of this.#views) {
      for (const [target, view] of views) {
        if (view.isCounted || !this.#isWrong(watcher, target, view, nowMs)) continue;
        view.isCounted = true;
        this.violations.add(view.status === 'ONLINE' ? 'false_online' : 'false_offline', `${watcher} sees ${target}`);
      }
    }
  }

  /** How many views differ from the truth at this moment, whatever the deadlines. */
  get wrong(): number {
    return [...this.#views.values()].reduce((sum, views) => {
      return sum + [...views].filter(([target, { status }]) => status !== this.#truth(target)).length;
    }, 0);
  }

  /** The number of views. */
  get views(): number {
    return [...this.#views.values()].reduce((sum, { size }) => sum + size, 0);
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

  #isWrong(watcher: string, target: string, view: View, nowMs: number): boolean {
    const truth = this.#truth(target);
    if (view.status === truth) return false;
    const peer = this.#peers.get(target);
    const limitMs = truth === 'ONLINE' ? this.deadlines.onlineMs : this.deadlines.offlineMs;
    const dueAtMs = Math.max(view.sinceMs, peer?.sinceMs ?? -Infinity) + limitMs;
    return nowMs > Math.max(dueAtMs, this.#recoveredAtMs(watcher, target, truth));
  }

  #recoveredAtMs(watcher: string, target: string, truth: Status): number {
    const ends = [watcher, target].map((peer) => this.disturbances.resumedAtMs(this.#peers.get(peer)?.gateway ?? -1));
    const { offlineMs, recoveryMs } = this.deadlines;
    const isKilled = truth === 'OFFLINE' && this.disturbances.wasKilledAround(offlineMs);
    return Math.max(this.disturbances.outageEndedAtMs, ...ends) + (isKilled ? offlineMs : recoveryMs);
  }
}
