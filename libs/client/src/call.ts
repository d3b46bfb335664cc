import { deferred } from './deferred.js';
import type { HangupReason, RejectReason, IceServer } from './protocol-types.js';
import { CallSignals, type SignalPort } from './call-signals.js';
import { Emitter } from './emitter.js';
import { DONE, failure, type FailureCode, type Outcome } from './outcome.js';
import type { SealFault } from './seal/sealed-signals.js';
import { WIRE } from './wire.js';

/**
 * `calling`: sent to the callee · `ringing`: delivered to the callee · `active`: accepted, signals pass · `ended`: the
 * server has forgotten the call.
 */
export type CallState = 'calling' | 'ringing' | 'active' | 'ended';

/**
 * Why the server's part in a call ended.
 *
 * - `established`: the peers are connected and no longer need the server.
 * - `hangup`, `cancelled` (hung up while it rang), `timeout` (it rang for 45 s), `peer_offline`: docs/protocol.md, section 4.
 * - `declined`, `busy`: the callee rejected the call.
 * - `glare`: both peers called at the same time, and the other peer's call continues. The `Call` that this side created
 *   represents it.
 * - `disconnected`: this client lost its connection to the server.
 * - `seal_missing`, `seal_broken`: both peers have keys, and the other side's signals were not sealed, or were changed, lost,
 *   repeated or reordered on the way. This client hung up before it trusted any of them.
 * - any other: the server refused the `call`, the `accept` or a sealed signal with this error code.
 */
export type CallEnd = 'established' | HangupReason | RejectReason | FailureCode | SealFault;

/** @internal How a connection calls its other side again, through the client of its first call. */
export interface ResumePort {
  readonly call: (peerId: string, resumes: string) => Call;
  /** The connection of this call stands: `onCall` receives the calls that resume it. */
  readonly add: (call: Call, onCall: (call: Call) => void) => void;
  /** The connection of this call has ended. */
  readonly end: (call: Call) => void;
  /** Checks the connection to the server, and waits for another one if it is dead. */
  readonly reach: () => Promise<boolean>;
}

/** @internal What a call needs from the client. */
export interface CallPort extends SignalPort {
  readonly resume: ResumePort;
}

/** The events of a call. */
export interface CallEvents {
  /** The new state; `ended` is the last. */
  readonly state: CallState;
  /** The JSON object that the other peer sent with `signal`; opened if the call is sealed. The server does not validate it. */
  readonly signal: object;
}

/** The server ends a call that rings for 45 s. The client ends it after this time if no frame of the server did. */
const RING_GUARD_MS = WIRE.ringMs + 15_000;

/**
 * One call with one peer, in either direction, from the ring until the server forgets it. If both peers call each other
 * at the same time (glare), the server continues one of the two calls; this object then represents that call, and the
 * application does nothing.
 */
export class Call extends Emitter<CallEvents> {
  /** The other peer. */
  readonly peerId: string;
  /** The id of the earlier call with this peer whose connection this call restores. `undefined` for all others. */
  readonly resumes: string | undefined;
  readonly #port: CallPort;
  readonly #answered = deferred<'accepted' | CallEnd>();
  readonly #ended = deferred<CallEnd>();
  readonly #guard: ReturnType<typeof setTimeout>;
  readonly #signals: CallSignals;
  #id: string;
  #role: 'caller' | 'callee';
  #state: CallState;
  #iceServers: readonly IceServer[] = [];
  #accepting: Promise<Outcome> | undefined;

  /** @internal `Client.call` and the `ring` event of the client create calls. */
  constructor(port: CallPort, peerId: string, id: string, role: 'caller' | 'callee', resumes?: string) {
    super(['signal']);
    this.peerId = peerId;
    this.resumes = resumes;
    this.#port = port;
    this.#id = id;
    this.#role = role;
    this.#state = role === 'caller' ? 'calling' : 'ringing';
    this.#signals = new CallSignals(port, this, {
      onSignal: (signal) => this.emit('signal', signal),
      onFault: (why) => this.giveUp(why),
    });
    this.#guard = setTimeout(() => this.giveUp('timeout'), RING_GUARD_MS);
  }

  /** The `call_id` of the protocol. */
  get id(): string {
    return this.#id;
  }

  /** This side's role. In WebRTC the caller offers and the callee is polite. Final once `answered` has resolved. */
  get role(): 'caller' | 'callee' {
    return this.#role;
  }

  /** The current state. */
  get state(): CallState {
    return this.#state;
  }

  /**
   * The STUN and TURN servers that the server offers for this call, from its acceptance on. The credentials belong to this
   * side and are valid for 10 minutes. Empty if the server offers none.
   */
  get iceServers(): readonly IceServer[] {
    return this.#iceServers;
  }

  /** Whether the other peer has proved its key in this call: all signals are sealed, and the server cannot read or change them. */
  get isSealed(): boolean {
    return this.#signals.fingerprint !== undefined;
  }

  /** The fingerprint of the two peers if the call is sealed. Both sides have the same: people can compare it. */
  get fingerprint(): string | undefined {
    return this.#signals.fingerprint;
  }

  /** Resolves with `accepted`, or with the reason why the call was not accepted. Never rejects. */
  get answered(): Promise<'accepted' | CallEnd> {
    return this.#answered.promise;
  }

  /** Resolves with the reason why the call ended. Never rejects. */
  get ended(): Promise<CallEnd> {
    return this.#ended.promise;
  }

  /**
   * The callee accepts the call. Signals pass once the outcome is ok. Otherwise the call has ended; if the caller may have
   * received the `accept`, the call is hung up. A second `accept()` returns the outcome of the first. Fails with
   * `call_not_active` for the caller.
   */
  accept(): Promise<Outcome> {
    if (this.#role === 'caller') return Promise.resolve(failure('call_not_active'));
    return (this.#accepting ??= this.#accept());
  }

  /** The callee rejects the call, which ends at once for this side. An accepted call is hung up instead. */
  reject(reason: RejectReason = 'declined'): Promise<Outcome> {
    if (this.#role === 'caller' || this.#accepting || this.#state === 'ended') return this.hangup();
    const outcome = this.#port.request('reject', { call_id: this.#id, reason });
    this.end(reason);
    return outcome;
  }

  /** Ends the call in any state, for this side at once. */
  hangup(): Promise<Outcome> {
    if (this.#state === 'ended') return Promise.resolve(DONE);
    const outcome = this.#port.request('hangup', { call_id: this.#id });
    this.end(this.#state === 'active' ? 'hangup' : 'cancelled');
    return outcome;
  }

  /**
   * Sends a JSON object to the other peer, in order. Ok once the server has written it to the other peer's socket. Sealed if
   * both peers have keys.
   *
   * @throws TypeError if JSON cannot represent the object.
   */
  signal(signal: object): Promise<Outcome> {
    return this.#signals.send(signal);
  }

  /** Reports that the peers are connected. The server forgets this side of the call, which no longer depends on it. */
  established(): Promise<Outcome> {
    if (this.#state !== 'active') return Promise.resolve(DONE);
    const outcome = this.#signals.afterAll(() => this.#port.request('established', { call_id: this.#id }));
    this.end('established');
    return outcome;
  }

  /** @internal For the connection that this call sets up. */
  get resume(): ResumePort {
    return this.#port.resume;
  }

  /** @internal The server delivered the ring to the callee. */
  ring(): void {
    if (this.#state === 'calling') this.#enter('ringing');
  }

  /** @internal The call was accepted. */
  activate(iceServers: readonly IceServer[] = []): void {
    if (this.#state === 'ended' || this.#state === 'active') return;
    clearTimeout(this.#guard);
    this.#iceServers = iceServers;
    this.#signals.start();
    this.#enter('active');
    this.#answered.resolve('accepted');
  }

  /** @internal Ends the call for this side, and sends `hangup` in case it is still alive at the other side. */
  giveUp(why: FailureCode | SealFault | 'timeout'): void {
    if (this.#state === 'ended') return;
    if (why !== 'call_not_found') void this.#port.request('hangup', { call_id: this.#id });
    this.end(why);
  }

  /** @internal Receives a signal of the other peer. */
  take(signal: object): void {
    if (this.#accepting === undefined || this.#state !== 'ringing') {
      this.#signals.take(signal);
      return;
    }
    // The ack of `accept` came before, with the ICE servers; it is applied when its promise continues.
    void this.#accepting.then(() => {
      if (this.#state === 'active') this.#signals.take(signal);
    });
  }

  /** @internal This side's call lost a glare: the object now represents the other peer's call, and this side is the callee. */
  become(id: string): void {
    this.#id = id;
    this.#role = 'callee';
    this.ring();
  }

  /** @internal The server's part in the call ended. */
  end(why: CallEnd): void {
    if (this.#state === 'ended') return;
    clearTimeout(this.#guard);
    this.#signals.stop();
    this.#enter('ended');
    this.#answered.resolve(why);
    this.#ended.resolve(why);
  }

  async #accept(): Promise<Outcome> {
    const accepted = this.#port.request('accept', { call_id: this.#id });
    this.#signals.start();
    const result = await accepted;
    if (!result.ok) {
      this.giveUp(result.code);
      return result;
    }
    this.activate(result.iceServers);
    return DONE;
  }

  #enter(state: CallState): void {
    this.#state = state;
    this.emit('state', state);
  }
}
