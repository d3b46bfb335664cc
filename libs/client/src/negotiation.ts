import { CandidateBatch } from './candidate-batch.js';
import type { Description, PeerConnection } from './peer-connection.js';
import { readPeerSignal, type PeerSignal } from './peer-signal.js';

/** What a negotiation needs. */
export interface NegotiationPort {
  /** Gives way when both sides offer at once. One of the two sides is polite. */
  readonly polite: boolean;
  /** To the other peer, in order. */
  readonly send: (signal: PeerSignal) => void;
  /** It cannot go on: what the other sent, or the connection itself, is at fault. */
  readonly onFailed: () => void;
}

/**
 * WebRTC's "perfect negotiation" (W3C webrtc-pc, section 10.7): either side may offer at any time, and where both do,
 * the polite one takes its offer back. Candidates trickle, in batches.
 */
export class Negotiation {
  readonly #connection: PeerConnection;
  readonly #port: NegotiationPort;
  readonly #candidates = new CandidateBatch((candidates) => this.#sendCandidates({ candidates }));
  #offering = false;
  #ignoringOffer = false;
  /** There is a local description that was not sent yet. */
  #unsent = false;
  #inbox: Promise<void> = Promise.resolve();

  constructor(connection: PeerConnection, port: NegotiationPort) {
    this.#connection = connection;
    this.#port = port;
    connection.addEventListener('negotiationneeded', () => void this.#offer());
    connection.addEventListener('icecandidate', ({ candidate }) => {
      // The end of the candidates (null, or an empty one) needs not be told.
      if (candidate?.candidate) this.#candidates.add(candidate);
    });
  }

  /** Takes a signal of the other peer. One after the other, in the order they came. */
  take(signal: object): void {
    this.#inbox = this.#inbox.then(() => this.#apply(readPeerSignal(signal))).catch(() => this.#port.onFailed());
  }

  /** Sends the candidates that wait. */
  flush(): void {
    this.#candidates.flush();
  }

  stop(): void {
    this.#candidates.stop();
  }

  async #offer(): Promise<void> {
    this.#offering = true;
    await this.#describe();
    this.#offering = false;
  }

  async #apply({ description, candidates = [] }: PeerSignal): Promise<void> {
    if (description) await this.#applyDescription(description);
    if (this.#ignoringOffer) return;
    // One address that cannot be used does not spoil the others.
    for (const candidate of candidates) await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  async #applyDescription(description: Description): Promise<void> {
    const collision = description.type === 'offer' && (this.#offering || this.#connection.signalingState !== 'stable');
    this.#ignoringOffer = !this.#port.polite && collision;
    if (this.#ignoringOffer) return;
    await this.#connection.setRemoteDescription(description);
    // Not waited for: werift resolves it only when all candidates are gathered, and the other's are to be taken meanwhile.
    if (description.type === 'offer') void this.#describe();
  }

  /** Makes the description that is due, an offer or an answer, and sends it. */
  async #describe(): Promise<void> {
    this.#unsent = true;
    try {
      await this.#connection.setLocalDescription();
      this.#sendDescription();
    } catch {
      if (this.#connection.connectionState !== 'closed') this.#port.onFailed();
    }
  }

  #sendCandidates(signal: PeerSignal): void {
    // The description these belong to goes first, even while `setLocalDescription` is not through yet.
    this.#sendDescription();
    this.#port.send(signal);
  }

  #sendDescription(): void {
    const local = this.#connection.localDescription;
    if (!this.#unsent || (local?.type !== 'offer' && local?.type !== 'answer')) return;
    this.#unsent = false;
    this.#port.send({ description: { type: local.type, sdp: local.sdp } });
  }
}
