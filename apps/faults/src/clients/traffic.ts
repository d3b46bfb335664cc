import { callId } from '@white-rabbit/testing';
import type { Random } from './random.js';
import type { ClientCall } from './client-calls.js';
import type { SimulatedClient } from './simulated-client.js';
import type { SimulatedClients } from './simulated-clients.js';

/** Interval of the rounds in which the clients act. Milliseconds. */
const ROUND_MS = 100;
/** Time from a ring to its answer. Milliseconds. */
const ANSWER_MS = [20, 400] as const;
/** Of all rings: rejected, ignored (they end by themselves), accepted otherwise. */
const REJECTED = 0.1;
const IGNORED = 0.03;
/** Of all calls: without signals, begun by both sides at the same moment. */
const QUIET = 0.2;
const GLARE = 0.05;
/** Default of `established`. */
const ESTABLISHED = 0.1;
/** Of all signals: without `ref`, so that only an error is answered. */
const WITHOUT_REF = 0.1;
/** Probability in each round that a call is hung up. */
const HANG_UP = 0.002;
/** Calls of one client at most; the server allows 16. */
const CALLS_EACH = 4;
/** Signals of one round that are made up for if the process was late, as a multiple of the usual number. */
const CATCH_UP = 3;

/** How much the clients do. */
export interface TrafficOptions {
  /** Signals a second, of all calls together. */
  readonly signalsPerSecond: number;
  /** Calls that are active or ringing, as a part of the number of clients. */
  readonly callsPerClient: number;
  /** How much shorter than usual calls are. */
  readonly haste?: number;
  /** Of all calls that are ended by a client: established by both sides instead of hung up. */
  readonly established?: number;
}

/** Default: a call for two of three clients, and enough signals to meet a short fault. */
export const BUSY: TrafficOptions = { signalsPerSecond: 400, callsPerClient: 0.3 };

/** Makes the clients call each other, answer, send signals and hang up, at random, until it is stopped. */
export class Traffic {
  readonly #clients: SimulatedClients;
  readonly #random: Random;
  readonly #options: TrafficOptions;
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #due = 0;

  constructor(clients: SimulatedClients, random: Random, options: TrafficOptions = BUSY) {
    this.#clients = clients;
    this.#random = random;
    this.#options = options;
    for (const client of clients.all) client.calls.onRing = (call) => this.#answer(client, call);
    this.#timer = setInterval(() => this.#round(), ROUND_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #round(): void {
    const now = performance.now();
    const perMs = this.#options.signalsPerSecond / 1000;
    this.#due = Math.min(this.#due + (now - this.#last) * perMs, CATCH_UP * ROUND_MS * perMs);
    this.#last = now;
    const { online } = this.#clients;
    const calls = online.flatMap((client) => [...client.calls.open.values()].map((call) => ({ client, call })));
    for (const { client, call } of calls) this.#maybeEnd(client, call);
    const active = calls.filter(({ call }) => call.state === 'active' && !call.isQuiet);
    for (; active.length > 0 && this.#due >= 1; this.#due -= 1) {
      const chosen = this.#random.pick(active);
      chosen?.client.calls.signal(chosen.call, !this.#random.chance(WITHOUT_REF));
    }
    const missing = Math.ceil((online.length * this.#options.callsPerClient - calls.length / 2) / 10);
    for (let n = 0; n < missing; n += 1) this.#begin(online);
  }

  #begin(online: readonly SimulatedClient[]): void {
    const [caller, callee] = [this.#random.pick(online), this.#random.pick(online)];
    if (caller === undefined || callee === undefined || caller === callee) return;
    if (caller.calls.open.size >= CALLS_EACH || callee.calls.open.size >= CALLS_EACH) return;
    const isQuiet = this.#random.chance(QUIET);
    caller.calls.call(callee.peer, callId(), isQuiet);
    if (this.#random.chance(GLARE)) callee.calls.call(caller.peer, callId(), isQuiet);
  }

  #answer(client: SimulatedClient, call: ClientCall): void {
    call.isQuiet = this.#random.chance(QUIET);
    const kind = this.#random.next();
    if (kind < IGNORED) return;
    setTimeout(
      () => {
        if (kind < IGNORED + REJECTED) client.calls.reject(call);
        else client.calls.accept(call);
      },
      this.#random.between(...ANSWER_MS),
    ).unref();
  }

  #maybeEnd(client: SimulatedClient, call: ClientCall): void {
    if (!this.#random.chance(HANG_UP * (this.#options.haste ?? 1))) return;
    if (call.state === 'active' && this.#random.chance(this.#options.established ?? ESTABLISHED))
      this.#establish(client, call);
    else client.calls.hangUp(call);
  }

  /** The peers are connected to each other: both sides report it. */
  #establish(client: SimulatedClient, call: ClientCall): void {
    const other = this.#clients.of(call.other);
    const itsCall = other?.calls.open.get(call.id);
    if (itsCall?.state !== 'active') return;
    client.calls.establish(call);
    other?.calls.establish(itsCall);
  }
}
