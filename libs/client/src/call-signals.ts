import type { ClientEventName } from '@white-rabbit/protocol';
import type { Sent } from './frame.js';
import { failure, type FailureCode, type Outcome, type RequestResult } from './outcome.js';
import { isKeyId, type PeerKey } from './peer-key.js';
import type { Role } from './seal/seal-key.js';
import { SealedSignals, type SealFault } from './seal/sealed-signals.js';

/** What the signals of a call need from the client. */
export interface SignalPort {
  /** The key whose public part is this client's peer id. Absent if the client has another peer id. */
  readonly peerKey?: PeerKey | undefined;
  request<E extends ClientEventName>(event: E, data: Sent<E>): Promise<RequestResult>;
}

/** The id of a call as the signatures and keys of sealed signals use it (docs/protocol.md, section 10). */
function sealedId({ id, resumes }: SignalingCall): string {
  return resumes === undefined ? id : `${id} ${resumes}`;
}

/** The call as its signals see it. Its id and its role are final once it is accepted. */
interface SignalingCall {
  readonly id: string;
  readonly peerId: string;
  readonly resumes: string | undefined;
  readonly role: Role;
}

/** Callbacks of the signals of a call. */
export interface CallSignalHandlers {
  /** A signal of the other peer, in order. */
  readonly onSignal: (signal: object) => void;
  /** The call must end: a signal cannot be trusted, or a sealed one was lost. */
  readonly onFault: (why: SealFault | FailureCode) => void;
}

/**
 * Failures that do not end a sealed call: the other side has established or ended it, or this side learns of its lost
 * connection anyway. After any other the other side would refuse the next signal, because one before it is missing.
 */
const HARMLESS: readonly FailureCode[] = ['call_not_found', 'disconnected', 'no_answer', 'signal_too_long'];

/** With the names around it, a signal of this length fits into a frame of 64 KiB. */
const MAX_SIGNAL_BYTES = 65_000;

/** The signals of one call: sealed if both peers have keys, otherwise as the application gives them. */
export class CallSignals {
  readonly #port: SignalPort;
  readonly #call: SignalingCall;
  readonly #handlers: CallSignalHandlers;
  #sealed: SealedSignals | undefined;
  #fingerprint: string | undefined;
  #isOver = false;

  constructor(port: SignalPort, call: SignalingCall, handlers: CallSignalHandlers) {
    this.#port = port;
    this.#call = call;
    this.#handlers = handlers;
  }

  /** Set once the other peer's key is verified. */
  get fingerprint(): string | undefined {
    return this.#fingerprint;
  }

  /** The call is accepted, or this side's `accept` is on its way: signals may pass. */
  start(): void {
    const { peerKey } = this.#port;
    if (!peerKey || !this.#mustSeal || this.#sealed || this.#isOver) return;
    const { peerId: other, role } = this.#call;
    const own = peerKey.peerId;
    const peers = role === 'caller' ? { caller: own, callee: other } : { caller: other, callee: own };
    this.#sealed = new SealedSignals(peerKey, { callId: sealedId(this.#call), ...peers }, role, {
      send: (signal) => this.#request(signal),
      onSignal: this.#handlers.onSignal,
      onVerified: (fingerprint) => (this.#fingerprint = fingerprint),
      onFault: this.#handlers.onFault,
    });
  }

  /** @throws TypeError if JSON cannot represent the signal. */
  send(signal: object): Promise<Outcome> {
    if (this.#sealed) return this.#sealed.send(signal);
    if (this.#mustSeal) return Promise.resolve(failure('call_not_active'));
    // The server would end the connection.
    const isTooLong = new TextEncoder().encode(JSON.stringify(signal)).length > MAX_SIGNAL_BYTES;
    return isTooLong ? Promise.resolve(failure('signal_too_long')) : this.#request(signal);
  }

  take(signal: object): void {
    if (this.#sealed) void this.#sealed.take(signal);
    // Before the call is accepted no server relays a signal; one that does is not believed.
    else if (!this.#mustSeal) this.#handlers.onSignal(signal);
  }

  /** Makes a request after everything that was given to `send` before. */
  afterAll(request: () => Promise<Outcome>): Promise<Outcome> {
    return this.#sealed ? this.#sealed.handedOver().then(request) : request();
  }

  /** The call has ended for this side. */
  stop(): void {
    this.#isOver = true;
    this.#sealed?.stop();
  }

  get #mustSeal(): boolean {
    return this.#port.peerKey !== undefined && isKeyId(this.#call.peerId);
  }

  async #request(signal: object): Promise<Outcome> {
    const outcome = await this.#port.request('signal', { call_id: this.#call.id, signal });
    if (this.#sealed && !outcome.ok && !HARMLESS.includes(outcome.code)) this.#handlers.onFault(outcome.code);
    return outcome;
  }
}
