import { CandidateBatch } from './candidate-batch.js';
import type { Description, PeerConnection } from './peer-connection.js';
import { readPeerSignal, type PeerSignal } from './peer-signal.js';
import { isWerift, startRestartedIce } from './werift/ice.js';

/** The call that carries the signals of a negotiation. */
export interface NegotiationPort {
  /** `true`: this side gives way if both sides offer at the same time. Exactly one of the two sides is polite. */
  readonly polite: boolean;
  /** The call resumes the connection: its caller restarts ICE. */
  readonly isResumption: boolean;
  /** Sends a signal to the other peer, in order. */
  readonly send: (signal: PeerSignal) => void;
}

/** Callbacks of a negotiation. */
export interface NegotiationHandlers {
  /** The negotiation failed because of a signal of the other peer or of the connection itself. */
  readonly onFailed: () => void;
  /** The connection needs a negotiation, for example for a new track, and no call carries signals. */
  readonly onNeeded: () => void;
}

/**
 * WebRTC's "perfect negotiation" (W3C webrtc-pc, section 10.7): either side may offer at any time. If both sides offer,
 * the polite side rolls its offer back. Candidates trickle in batches.
 */
export class Negotiation {
  readonly #connection: PeerConnection;
  readonly #handlers: NegotiationHandlers;
  #port: NegotiationPort | undefined;
  #isNeeded = false;
  #isDescribed = false;
  readonly #candidates = new CandidateBatch((candidates) => this.#sendCandidates({ candidates }));
  #isOffering = false;
  #isIgnoringOffer = false;
  /** A local description was created and not sent yet. */
  #isUnsent = false;
  #inbox: Promise<void> = Promise.resolve();

  constructor(connection: PeerConnection, handlers: NegotiationHandlers) {
    this.#connection = connection;
    this.#handlers = handlers;
    connection.addEventListener('negotiationneeded', () => this.#onNeeded());
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // The end of the candidates (null or an empty candidate) is not sent.
      if (candidate?.candidate) this.#candidates.add(candidate);
    });
  }

  /** Whether the connection waits for a call that carries its signals. */
  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  /** Whether both sides have exchanged descriptions in the current call, and none is pending. */
  get isSettled(): boolean {
    return this.#isDescribed && this.#connection.signalingState === 'stable';
  }

  /** From now on this call carries the signals. */
  attach(port: NegotiationPort): void {
    this.detach();
    this.#port = port;
    this.#isDescribed = false;
    this.#isIgnoringOffer = false;
    this.#isUnsent = false;
  }

  /** The call has ended. An offer without an answer must be made again in the next. */
  detach(): void {
    if (this.#isOffering || this.#connection.signalingState === 'have-local-offer') this.#isNeeded = true;
    this.#isOffering = false;
    this.#candidates.stop();
    this.#port = undefined;
  }

  /** Offers with a restart of ICE. An earlier offer that was not answered is replaced. */
  restart(): void {
    this.#connection.restartIce();
    // A browser does not report what it has reported before, as long as there was no offer.
    const isReported = this.#isNeeded || this.#connection.signalingState !== 'stable';
    if (isWerift(this.#connection) || isReported) void this.#offer();
  }

  /** Applies a signal of the other peer. Signals are applied one at a time, in order. */
  take(signal: object): void {
    this.#inbox = this.#inbox.then(() => this.#apply(readPeerSignal(signal))).catch(() => this.#handlers.onFailed());
  }

  /** Sends the pending candidates now. */
  flush(): void {
    this.#candidates.flush();
  }

  #onNeeded(): void {
    if (this.#port?.isResumption && isWerift(this.#connection)) return;
    if (this.#port) {
      void this.#offer();
      return;
    }
    this.#isNeeded = true;
    this.#handlers.onNeeded();
  }

  async #offer(): Promise<void> {
    this.#isNeeded = false;
    this.#isOffering = true;
    await this.#describe();
  }

  async #apply({ description, candidates = [] }: PeerSignal): Promise<void> {
    if (description) await this.#applyDescription(description);
    if (this.#isIgnoringOffer) return;
    // Not awaited: werift waits for seconds for the address of a `.local` name. An unusable candidate does not affect the others.
    for (const candidate of candidates) void this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  async #applyDescription(description: Description): Promise<void> {
    const collision =
      description.type === 'offer' && (this.#isOffering || this.#connection.signalingState !== 'stable');
    this.#isIgnoringOffer = this.#port?.polite !== true && collision;
    if (this.#isIgnoringOffer) return;
    await this.#connection.setRemoteDescription(description);
    this.#isDescribed = true;
    // Not awaited: werift resolves it only after all candidates are gathered, and the other peer's must be applied meanwhile.
    if (description.type === 'offer') void this.#describe();
    else this.#restarted();
  }

  /** Creates the offer or answer that is due and sends it. */
  async #describe(): Promise<void> {
    this.#isUnsent = true;
    try {
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch {
      this.#isOffering = false;
      if (this.#connection.connectionState !== 'closed') this.#handlers.onFailed();
    }
  }

  #sendCandidates(signal: PeerSignal): void {
    // werift gathers while `setLocalDescription` is pending: the description goes first. In a browser it is still the previous one.
    if (isWerift(this.#connection)) this.#sendDescription();
    this.#port?.send(signal);
  }

  #sendDescription(): void {
    const local = this.#connection.localDescription;
    if (!this.#port || !this.#isUnsent || (local?.type !== 'offer' && local?.type !== 'answer')) return;
    this.#isUnsent = false;
    this.#isOffering = false;
    this.#port.send({ description: { type: local.type, sdp: local.sdp } });
    if (local.type === 'offer') return;
    this.#restarted();
    // What this side needs itself, after what the other side offered.
    if (this.#isNeeded) void this.#offer();
  }

  /** Both descriptions are known. */
  #restarted(): void {
    if (this.#port?.isResumption && isWerift(this.#connection)) startRestartedIce(this.#connection);
  }
}
