import { CandidateBatch } from './candidate-batch.js';
import type { Description, PeerConnection } from './peer-connection.js';
import { readPeerSignal, type PeerSignal } from './peer-signal.js';

/** The role and the callbacks of a negotiation. */
export interface NegotiationPort {
  /** `true`: this side gives way if both sides offer at the same time. Exactly one of the two sides is polite. */
  readonly polite: boolean;
  /** Sends a signal to the other peer, in order. */
  readonly send: (signal: PeerSignal) => void;
  /** The negotiation failed because of a signal of the other peer or of the connection itself. */
  readonly onFailed: () => void;
}

/**
 * WebRTC's "perfect negotiation" (W3C webrtc-pc, section 10.7): either side may offer at any time. If both sides offer,
 * the polite side rolls its offer back. Candidates trickle in batches.
 */
export class Negotiation {
  readonly #connection: PeerConnection;
  readonly #port: NegotiationPort;
  readonly #candidates = new CandidateBatch((candidates) => this.#sendCandidates({ candidates }));
  #isOffering = false;
  #isIgnoringOffer = false;
  /** A local description was created and not sent yet. */
  #isUnsent = false;
  #inbox: Promise<void> = Promise.resolve();

  constructor(connection: PeerConnection, port: NegotiationPort) {
    this.#connection = connection;
    this.#port = port;
    connection.addEventListener('negotiationneeded', () => void this.#offer());
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // The end of the candidates (null or an empty candidate) is not sent.
      if (candidate?.candidate) this.#candidates.add(candidate);
    });
  }

  /** Applies a signal of the other peer. Signals are applied one at a time, in order. */
  take(signal: object): void {
    this.#inbox = this.#inbox.then(() => this.#apply(readPeerSignal(signal))).catch(() => this.#port.onFailed());
  }

  /** Sends the pending candidates now. */
  flush(): void {
    this.#candidates.flush();
  }

  /** Discards the pending candidates. */
  stop(): void {
    this.#candidates.stop();
  }

  async #offer(): Promise<void> {
    this.#isOffering = true;
    await this.#describe();
    this.#isOffering = false;
  }

  async #apply({ description, candidates = [] }: PeerSignal): Promise<void> {
    if (description) await this.#applyDescription(description);
    if (this.#isIgnoringOffer) return;
    // An unusable candidate does not affect the others.
    for (const candidate of candidates) await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  async #applyDescription(description: Description): Promise<void> {
    const collision =
      description.type === 'offer' && (this.#isOffering || this.#connection.signalingState !== 'stable');
    this.#isIgnoringOffer = !this.#port.polite && collision;
    if (this.#isIgnoringOffer) return;
    await this.#connection.setRemoteDescription(description);
    // Not awaited: werift resolves it only after all candidates are gathered, and the other peer's must be applied meanwhile.
    if (description.type === 'offer') void this.#describe();
  }

  /** Creates the offer or answer that is due and sends it. */
  async #describe(): Promise<void> {
    this.#isUnsent = true;
    try {
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch {
      if (this.#connection.connectionState !== 'closed') this.#port.onFailed();
    }
  }

  #sendCandidates(signal: PeerSignal): void {
    // The description goes first, also while `setLocalDescription` is pending.
    this.#sendDescription();
    this.#port.send(signal);
  }

  #sendDescription(): void {
    const local = this.#connection.localDescription;
    if (!this.#isUnsent || (local?.type !== 'offer' && local?.type !== 'answer')) return;
    this.#isUnsent = false;
    this.#port.send({ description: { type: local.type, sdp: local.sdp } });
  }
}
