import type { ErrorCode } from '@white-rabbit/protocol';
import { CallJudge, type LegState } from './call-judge.js';
import { CallParties, type CallFrame } from './call-parties.js';
import { PROMISED, type Deadlines } from './deadlines.js';
import { Disturbances } from './disturbances.js';
import type { Clock } from './observed-clock.js';
import { PresenceJudge, type Status } from './presence-judge.js';
import { RequestJudge } from './request-judge.js';
import type { Way } from './signal-direction.js';
import { SignalJudge } from './signal-judge.js';
import { SignalOutcomes } from './signal-outcomes.js';
import { Violations } from './violations.js';

/**
 * Judges a server from outside. Simulated clients report what they do and what they receive; the oracle knows the
 * protocol, and nothing of the server. A run in which it saw too little proves nothing: check its figures, too.
 */
export class Oracle {
  readonly violations: Violations;
  readonly disturbances = new Disturbances();
  readonly signals: SignalJudge;
  readonly outcomes = new SignalOutcomes();
  readonly presence: PresenceJudge;
  readonly calls: CallJudge;
  readonly parties: CallParties;
  readonly requests: RequestJudge;
  readonly #clock: Clock;

  constructor(clock: Clock, deadlines: Deadlines = PROMISED) {
    this.#clock = clock;
    this.violations = new Violations(clock);
    this.signals = new SignalJudge(deadlines, this.violations, this.disturbances);
    this.presence = new PresenceJudge(deadlines, this.violations, this.disturbances);
    this.calls = new CallJudge(deadlines, this.violations, this.disturbances);
    this.parties = new CallParties(this.violations);
    this.requests = new RequestJudge(deadlines, this.violations, this.disturbances);
  }

  get nowMs(): number {
    return this.#clock.nowMs;
  }

  /** A peer got `registered` at that gateway, after a `register` with these contacts. */
  registered(peer: string, gateway: number, contacts: readonly string[]): void {
    this.presence.registered(peer, gateway, contacts, this.nowMs);
    this.signals.registered(peer);
  }

  /** A peer got an error for its `register`. */
  registerFailed(peer: string): void {
    this.presence.refused(peer, this.nowMs);
  }

  /** The connection of a peer ended. */
  gone(peer: string): void {
    this.presence.gone(peer, this.nowMs);
    this.calls.gone(peer, this.nowMs);
    this.signals.gone(peer, this.nowMs);
    this.requests.gone(peer);
  }

  /** A peer got `presence` of a contact. */
  saw(watcher: string, target: string, status: Status): void {
    this.presence.saw(watcher, target, status, this.nowMs);
  }

  /** A peer sends a request with that `ref`. */
  asked(ref: string, peer: string, event: string, gateway: number): void {
    if (event === 'register') this.presence.registers(peer, gateway);
    this.requests.sent(ref, { peer, event, gateway, sentAtMs: this.nowMs });
  }

  /** A frame with a `ref` arrived. */
  answered(ref: string, text: string): void {
    this.requests.answered(ref, text, this.nowMs);
  }

  /** A signal is about to be sent. Returns its number. */
  sendsSignal(way: Way, hasRef: boolean): number {
    return this.signals.sent(way, hasRef, this.nowMs);
  }

  /** The outcome of a signal with `ref`. */
  signalAnswered(way: Way, n: number, outcome: 'ack' | ErrorCode): void {
    this.signals.answered(way, n, outcome, this.nowMs);
    const [from, to] = [way.from, way.to].map((peer) => this.presence.gatewayOf(peer));
    this.outcomes.add(from === to ? 'same' : 'across', outcome);
  }

  /** The error of a signal without `ref`. */
  signalFailed(way: Way, code: ErrorCode): void {
    this.signals.errorWithoutRef(way, code, this.nowMs);
  }

  /** A frame of a call arrived. Returns whether it is for this peer: no other one is evidence of anything. */
  frameOf(frame: CallFrame, way: Way): boolean {
    if (!this.parties.arrived(frame, way)) return false;
    if (frame === 'ring' && this.calls.knows(way.call, way.to)) {
      this.violations.add('doubled', `ring of ${way.call} at ${way.to}`);
    }
    this.calls.disturbed(way.call, frame, this.nowMs);
    return true;
  }

  /** A signal arrived. */
  signalArrived(way: Way, n: number): void {
    if (this.frameOf('signal', way)) this.signals.arrived(way, n, this.nowMs);
  }

  /** A side of a call is in that state from now on. */
  leg(call: string, peer: string, state: LegState): void {
    this.calls.is(call, peer, state, this.presence.gatewayOf(peer) ?? -1, this.nowMs);
  }

  /** Counts everything that is overdue now. Call it a few times a second. */
  judge(): void {
    const { nowMs } = this;
    this.signals.judge(nowMs);
    this.presence.judge(nowMs);
    this.calls.judge(nowMs);
    this.requests.judge(nowMs);
  }
}
