import { deferred } from '../deferred.js';
import { failure, type Outcome } from '../outcome.js';
import { fingerprintOf } from '../fingerprint.js';
import type { PeerKey } from '../peer-key.js';
import { deriveDirectionKeys, type DirectionKeys } from './direction-keys.js';
import {
  createSealKey,
  readSealKey,
  verifySealKey,
  type OwnSealKey,
  type Role,
  type SealedCall,
  type SealKey,
} from './seal-key.js';
import { Opener, readSealed, Sealer } from './sealed-signal.js';

/**
 * Why a call between two peers with keys was refused.
 *
 * - `seal_missing`: the other side does not seal, or its key was removed on the way.
 * - `seal_broken`: a key or a signal was changed, lost, repeated or reordered on the way.
 */
export type SealFault = 'seal_missing' | 'seal_broken';

/** What the sealed signals of a call need from the call. */
export interface SealPort {
  /** Sends a signal to the other side through the server, in order. */
  readonly send: (signal: object) => Promise<Outcome>;
  /** Receives the opened signals of the other side, in order. */
  readonly onSignal: (signal: object) => void;
  /** The other side's key is verified. Called before the first `onSignal`. */
  readonly onVerified: (fingerprint: string) => void;
  /** A fault was found: the call must end. Nothing is called afterwards. */
  readonly onFault: (fault: SealFault) => void;
}

/** The other side's key comes directly behind its `accept`, or behind the `accept` that it received. Milliseconds. */
const KEY_WITHIN_MS = 10_000;

/**
 * The signals of one call between two peers with keys. Sends this side's key at once, and everything else sealed after the
 * other side's key has arrived. Opens what arrives, and reports a fault at the first signal that it cannot trust.
 */
export class SealedSignals {
  readonly #call: SealedCall;
  readonly #role: Role;
  readonly #port: SealPort;
  readonly #own: Promise<OwnSealKey>;
  readonly #sealer = deferred<Sealer | undefined>();
  readonly #timer: ReturnType<typeof setTimeout>;
  #opener: Opener | undefined;
  #isOver = false;
  #outbox: Promise<unknown>;
  // Bounded by the rate at which the server relays signals.
  #inbox: Promise<void> = Promise.resolve();

  constructor(peerKey: PeerKey, call: SealedCall, role: Role, port: SealPort) {
    this.#call = call;
    this.#role = role;
    this.#port = port;
    this.#own = createSealKey(peerKey, call, role);
    this.#timer = setTimeout(() => this.#fail('seal_missing'), KEY_WITHIN_MS);
    this.#outbox = this.#own.then((own) => void port.send({ seal: own.public }));
  }

  /**
   * Seals a signal and sends it, in order. Waits for the other side's key. Never rejects.
   *
   * @throws TypeError if JSON cannot represent the signal. Those behind it are not affected.
   */
  send(signal: object): Promise<Outcome> {
    const text = JSON.stringify(signal);
    const sent = this.#outbox.then(() => this.#seal(text));
    this.#outbox = sent;
    return sent.then(({ outcome }) => outcome);
  }

  /** Resolves when everything was handed to the connection that `send` was given before. */
  async handedOver(): Promise<void> {
    await this.#outbox;
  }

  /** Handles a signal of the other side, in order. Resolves when it was handled. Never rejects. */
  take(signal: object): Promise<void> {
    this.#inbox = this.#inbox.then(() => this.#receive(signal));
    return this.#inbox;
  }

  /** The call has ended. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#sealer.resolve(undefined);
  }

  /** The outcome is wrapped, so that the next signal does not wait for the server's answer to this one. */
  async #seal(text: string): Promise<{ readonly outcome: Promise<Outcome> }> {
    const sealer = await this.#sealer.promise;
    if (!sealer) return { outcome: Promise.resolve(failure('call_not_found')) };
    const sealed = await sealer.seal(text);
    return { outcome: sealed ? this.#port.send(sealed) : Promise.resolve(failure('signal_too_long')) };
  }

  async #receive(signal: object): Promise<void> {
    if (this.#isOver) return;
    if (this.#opener) {
      await this.#open(this.#opener, readSealed(signal));
      return;
    }
    const key = readSealKey(signal);
    if (key) await this.#agree(key);
    else this.#fail('seal_missing');
  }

  async #open(opener: Opener, sealed: string | undefined): Promise<void> {
    if (sealed === undefined) {
      this.#fail('seal_missing');
      return;
    }
    const signal = await opener.open(sealed);
    if (!signal) this.#fail('seal_broken');
    else if (!this.#isOver) this.#port.onSignal(signal);
  }

  async #agree(other: SealKey): Promise<void> {
    const keys = await this.#deriveWith(other);
    if (!keys) {
      this.#fail('seal_broken');
      return;
    }
    const fingerprint = await fingerprintOf(this.#call.caller, this.#call.callee);
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    this.#opener = new Opener(keys[this.#otherRole]);
    this.#port.onVerified(fingerprint);
    this.#sealer.resolve(new Sealer(keys[this.#role]));
  }

  /** The keys of both directions. `undefined` if the other side's key is not the one that its peer signed for this call. */
  async #deriveWith(other: SealKey): Promise<DirectionKeys | undefined> {
    const own = await this.#own;
    const otherKey = await verifySealKey(other, this.#call, this.#otherRole);
    if (!otherKey) return undefined;
    const [mine, theirs] = [own.public.key, other.key];
    const publicKeys = this.#role === 'caller' ? { caller: mine, callee: theirs } : { caller: theirs, callee: mine };
    const agreement = { call: this.#call, privateKey: own.privateKey, otherKey, publicKeys };
    return deriveDirectionKeys(agreement).catch(() => undefined);
  }

  get #otherRole(): Role {
    return this.#role === 'caller' ? 'callee' : 'caller';
  }

  #fail(fault: SealFault): void {
    if (this.#isOver) return;
    this.stop();
    this.#port.onFault(fault);
  }
}
