import type { Deadlines } from './deadlines.js';
import type { Disturbances } from './disturbances.js';
import type { Violations } from './violations.js';

/** What one side of a call knows of it. */
export type LegState = 'ringing' | 'active' | 'established' | 'gone';

interface Leg {
  state: LegState;
  sinceMs: number;
  /** Number of the gateway of this side. */
  readonly gateway: number;
}

/** Judges calls by what both sides know: a call that one side has lost ends at the other, and each ring ends. */
export class CallJudge {
  readonly #calls = new Map<string, Map<string, Leg>>();
  readonly #counted = new Set<string>();

  constructor(
    private readonly deadlines: Deadlines,
    private readonly violations: Violations,
    private readonly disturbances: Disturbances,
  ) {}

  /** Number of calls that at least one side has. */
  get open(): number {
    return this.#calls.size;
  }

  /** Whether the peer had or has a side of the call. */
  knows(call: string, peer: string): boolean {
    return this.#calls.get(call)?.has(peer) === true;
  }

  /** A side of the call, at that gateway, learned or decided that it is in this state now. */
  is(call: string, peer: string, state: LegState, gateway: number, nowMs: number): void {
    const legs = this.#calls.get(call) ?? new Map<string, Leg>();
    if (legs.get(peer)?.state === state) return;
    legs.set(peer, { state, sinceMs: nowMs, gateway });
    this.#calls.set(call, legs);
  }

  /** The connection of the peer ended: it has no calls any more. */
  gone(peer: string, nowMs: number): void {
    for (const [call, legs] of this.#calls) {
      // A call that both sides have established needs no server.
      const leg = legs.get(peer);
      if (leg?.state === 'ringing' || leg?.state === 'active') this.is(call, peer, 'gone', leg.gateway, nowMs);
    }
  }

  /** A frame of the call arrived. If both sides have established it, only what was in transit then may still come. */
  disturbed(call: string, frame: string, nowMs: number): void {
    const legs = [...(this.#calls.get(call)?.values() ?? [])];
    if (legs.length < 2 || legs.some(({ state }) => state !== 'established')) return;
    const sinceMs = Math.max(...legs.map((leg) => leg.sinceMs), this.disturbances.allResumedAtMs);
    // A frame may be in transit for as long as its sender waits for the outcome.
    if (nowMs - sinceMs > this.deadlines.outcomeMs) {
      this.violations.add('established_disturbed', `${frame} of ${call}`);
    }
  }

  judge(nowMs: number): void {
    for (const [call, legs] of this.#calls) {
      for (const [peer, leg] of legs) this.#judgeLeg(call, peer, leg, legs, nowMs);
      const states = [...legs.values()];
      const last = Math.max(...states.map(({ sinceMs }) => sinceMs));
      const isOver = states.every(({ state }) => state === 'gone' || state === 'established');
      // Frames of it that still come are judged for as long as anything of a call can last.
      if (isOver && nowMs - last > this.deadlines.ringMs) {
        this.#calls.delete(call);
        for (const peer of legs.keys()) this.#counted.delete(`${call} ${peer}`);
      }
    }
  }

  #judgeLeg(call: string, peer: string, leg: Leg, legs: ReadonlyMap<string, Leg>, nowMs: number): void {
    const key = `${call} ${peer}`;
    if (this.#counted.has(key)) return;
    const other = [...legs].find(([name]) => name !== peer)?.[1];
    const { outcomeMs, limboMs, killedMs, ringMs } = this.deadlines;
    if (leg.state === 'ringing' && this.#isOver(leg.sinceMs + ringMs, other, nowMs)) {
      this.#counted.add(key);
      this.violations.add('endless_ring', `${call} at ${peer}`);
    }
    if (leg.state !== 'active' || other?.state !== 'gone') return;
    const endMs = this.disturbances.knownByMs(other.gateway, other.sinceMs, limboMs, killedMs);
    // A side that has just accepted learns of the end from the answer.
    if (this.#isOver(Math.max(endMs, leg.sinceMs + outcomeMs), other, nowMs)) {
      this.#counted.add(key);
      this.violations.add('limbo', `${call} at ${peer}`);
    }
  }

  /** The end of a call reaches the other side after the gateways reach each other again, or miss the killed one. */
  #isOver(dueMs: number, other: Leg | undefined, nowMs: number): boolean {
    const back = Math.max(this.disturbances.outageEndedAtMs, this.disturbances.allResumedAtMs);
    const { killedMs, reachedMs } = this.deadlines;
    const isKilled = other !== undefined && this.disturbances.wasKilledAround(other.gateway, killedMs);
    return nowMs > Math.max(dueMs, back + (isKilled ? killedMs : reachedMs));
  }
}
