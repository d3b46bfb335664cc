import type { Deadlines } from './deadlines.js';
import type { Disturbances } from './disturbances.js';
import type { Violations } from './violations.js';

/** What one side of a call knows of it. */
export type LegState = 'ringing' | 'active' | 'established' | 'gone';

interface Leg {
  state: LegState;
  sinceMs: number;
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

  /** A side of the call learned or decided that it is in this state now. */
  is(call: string, peer: string, state: LegState, nowMs: number): void {
    const legs = this.#calls.get(call) ?? new Map<string, Leg>();
    if (legs.get(peer)?.state === state) return;
    legs.set(peer, { state, sinceMs: nowMs });
    this.#calls.set(call, legs);
  }

  /** The connection of the peer ended: it has no calls any more. */
  gone(peer: string, nowMs: number): void {
    for (const [call, legs] of this.#calls) {
      // A call that both sides have established needs no server.
      const state = legs.get(peer)?.state;
      if (state === 'ringing' || state === 'active') this.is(call, peer, 'gone', nowMs);
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
    if (leg.state === 'ringing' && this.#isOver(leg.sinceMs, this.deadlines.ringMs, nowMs)) {
      this.#counted.add(key);
      this.violations.add('endless_ring', `${call} at ${peer}`);
    }
    const since = Math.max(leg.sinceMs, other?.sinceMs ?? 0);
    if (leg.state === 'active' && other?.state === 'gone' && this.#isOver(since, this.deadlines.limboMs, nowMs)) {
      this.#counted.add(key);
      this.violations.add('limbo', `${call} at ${peer}`);
    }
  }

  /** The end of a call reaches the other side after the gateways reach each other again, or miss the killed one. */
  #isOver(sinceMs: number, limitMs: number, nowMs: number): boolean {
    const back = Math.max(this.disturbances.outageEndedAtMs, this.disturbances.allResumedAtMs);
    const { offlineMs, recoveryMs } = this.deadlines;
    const againMs = this.disturbances.wasKilledAround(offlineMs) ? offlineMs : recoveryMs;
    return nowMs > Math.max(sinceMs + limitMs, back + Math.min(limitMs, againMs));
  }
}
