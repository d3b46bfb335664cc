import type { ClientEventName, RejectReason } from '@white-rabbit/protocol';
import type { CallEnd } from './call-end.js';
import { Emitter } from './emitter.js';
import type { Sent } from './frame.js';
import type { IceServer } from './ice-server.js';
import { DONE, failure, type Answer, type FailureCode, type Outcome } from './outcome.js';
import { WIRE } from './wire.js';

/**
 * `calling`: on its way to the callee · `ringing`: there · `active`: accepted, signals pass · `ended`: the server knows
 * nothing of it any more.
 */
export type CallState = 'calling' | 'ringing' | 'active' | 'ended';

/** What a call tells. */
export interface CallEvents {
  /** It is at another state; `ended` is the last. */
  readonly state: CallState;
  /** What the other peer sent with `signal`: a JSON object, to be read with suspicion. */
  readonly signal: object;
}

/** What a call needs of its connection. */
export interface CallPort {
  ask<E extends ClientEventName>(event: E, data: Sent<E>): Promise<Answer>;
}

/** The server ends a ring after 45 s. When nothing of the kind was heard by then, this side does. */
const RING_GUARD_MS = WIRE.ringMs + 15_000;

/**
 * One call with one peer, in either direction, from the first ring to the moment the server forgets it. Where both
 * peers call each other at once (glare), the server lets one call go on; this object then stands for that one, whoever
 * made it, and nothing else is to be done.
 */
export class Call extends Emitter<CallEvents> {
  /** The peer at the other side. */
  readonly peerId: string;
  readonly #port: CallPort;
  readonly #answered = Promise.withResolvers<'accepted' | CallEnd>();
  readonly #ended = Promise.withResolvers<CallEnd>();
  readonly #guard: ReturnType<typeof setTimeout>;
  #id: string;
  #role: 'caller' | 'callee';
  #state: CallState;
  #iceServers: readonly IceServer[] = [];
  #accepting: Promise<Outcome> | undefined;

  /** @internal Calls come from `Client.call` and the client's `ring` event. */
  constructor(port: CallPort, peerId: string, id: string, role: 'caller' | 'callee') {
    super(['signal']);
    this.peerId = peerId;
    this.#port = port;
    this.#id = id;
    this.#role = role;
    this.#state = role === 'caller' ? 'calling' : 'ringing';
    this.#guard = setTimeout(() => this.giveUp('timeout'), RING_GUARD_MS);
  }

  /** The call's name on the wire. */
  get id(): string {
    return this.#id;
  }

  /** Which side this is. In WebRTC the caller offers and the callee is polite. Settled once it is answered. */
  get role(): 'caller' | 'callee' {
    return this.#role;
  }

  /** How far it is. */
  get state(): CallState {
    return this.#state;
  }

  /**
   * STUN and TURN servers that the server offers for this call, the credentials this side's own and good for 10
   * minutes; none where it offers none. There from the moment it was accepted.
   */
  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }

  /** Resolves with `accepted`, or with why there will be no call. Never rejects. */
  get answered(): Promise<'accepted' | CallEnd> {
    return this.#answered.promise;
  }

  /** Resolves with why it ended. Never rejects. */
  get ended(): Promise<CallEnd> {
    return this.#ended.promise;
  }

  /**
   * The callee takes the call. Signals pass once this is done. Where it is not, the call has ended; where the caller may
   * have been told all the same, it is hung up. Asked twice it is one and the same answer; a caller has nothing to accept.
   */
  accept(): Promise<Outcome> {
    if (this.#role === 'caller') return Promise.resolve(failure('call_not_active'));
    return (this.#accepting ??= this.#accept());
  }

  /** The callee does not take the call. Over for this side at once. What was accepted already is hung up instead. */
  reject(reason: RejectReason = 'declined'): Promise<Outcome> {
    if (this.#role === 'caller' || this.#accepting || this.#state === 'ended') return this.hangup();
    const outcome = this.#port.ask('reject', { call_id: this.#id, reason });
    this.end(reason);
    return outcome;
  }

  /** Either side ends the call, at whatever point. Over for this side at once. */
  hangup(): Promise<Outcome> {
    if (this.#state === 'ended') return Promise.resolve(DONE);
    const outcome = this.#port.ask('hangup', { call_id: this.#id });
    this.end(this.#state === 'active' ? 'hangup' : 'cancelled');
    return outcome;
  }

  /** Passes any JSON object to the other side, in order. Done once the other peer's socket was given it. */
  signal(signal: object): Promise<Outcome> {
    return this.#port.ask('signal', { call_id: this.#id, signal });
  }

  /** The peers are connected: the server forgets this side of the call, and can fail without harm to it. */
  established(): Promise<Outcome> {
    if (this.#state !== 'active') return Promise.resolve(DONE);
    const outcome = this.#port.ask('established', { call_id: this.#id });
    this.end('established');
    return outcome;
  }

  /** @internal The callee's socket was given the ring. */
  ring(): void {
    if (this.#state === 'calling') this.#enter('ringing');
  }

  /** @internal It was accepted. */
  activate(iceServers: readonly IceServer[] = []): void {
    if (this.#state === 'ended' || this.#state === 'active') return;
    clearTimeout(this.#guard);
    this.#iceServers = iceServers;
    this.#enter('active');
    this.#answered.resolve('accepted');
  }

  /** @internal It came to nothing, as far as this side knows: should the other know better, it is hung up there. */
  giveUp(why: FailureCode | 'timeout'): void {
    if (this.#state === 'ended') return;
    if (why !== 'call_not_found') void this.#port.ask('hangup', { call_id: this.#id });
    this.end(why);
  }

  /** @internal A signal of the other side. */
  take(signal: object): void {
    this.emit('signal', signal);
  }

  /** @internal This peer's own call lost to that of the other: from now on it is that one, and its callee is here. */
  become(id: string): void {
    this.#id = id;
    this.#role = 'callee';
    this.ring();
  }

  /** @internal The server's part is over. */
  end(why: CallEnd): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#guard);
    this.#enter('ended');
    this.#answered.resolve(why);
    this.#ended.resolve(why);
  }

  async #accept(): Promise<Outcome> {
    const answer = await this.#port.ask('accept', { call_id: this.#id });
    if (!answer.ok) {
      this.giveUp(answer.code);
      return answer;
    }
    this.activate(answer.iceServers);
    return DONE;
  }

  #enter(state: CallState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
