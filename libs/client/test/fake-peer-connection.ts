import type { Candidate, ChannelOptions, DataChannel, Description, PeerConnection } from '../src/peer-connection.js';

/** A listener of any event. */
type AnyListener = (event: never) => void;

/** An event target whose events the test fires. */
export class FakeTarget {
  readonly #listeners = new Map<string, AnyListener[]>();

  addEventListener(type: string, listener: AnyListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  fire(type: string, event: object = {}): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event as never);
  }
}

/** A data channel that the test opens and closes. */
export class FakeChannel extends FakeTarget implements DataChannel {
  readonly label = 'chat';
  /** How the channel was created. */
  options: ChannelOptions | undefined;
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  readonly sent: (string | Uint8Array)[] = [];

  /** The longest message that the other side accepts. */
  maxLength = 65_536;

  send(message: string | Uint8Array): void {
    if (message.length > this.maxLength) throw new TypeError('The message is too long.');
    this.sent.push(message);
  }

  /** The peer confirms its first `count` messages; at most 255. */
  confirm(count: number): void {
    this.fire('message', { data: Uint8Array.of(0x06, 0, 0, 0, count).buffer });
  }

  /** Empties the buffer. */
  drain(): void {
    this.bufferedAmount = 0;
    this.fire('bufferedamountlow');
  }

  close(): void {
    this.readyState = 'closed';
    this.fire('close');
  }

  open(): void {
    this.readyState = 'open';
    this.fire('open');
  }
}

/** The states of an `RTCPeerConnection` as defined by JSEP, without a network. */
export class FakePeerConnection extends FakeTarget implements PeerConnection {
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: Description | null = null;
  sctp: { maxMessageSize: number } | null = null;
  remoteDescription: Description | null = null;
  readonly candidates: Candidate[] = [];
  /** Candidates that are never added: werift waits for the address of a `.local` name. */
  stuck: string | undefined;
  readonly channels: FakeChannel[] = [];
  /** If set, `setLocalDescription` waits for it after it has set the description, like werift while it gathers candidates. */
  gathering: Promise<void> | undefined;
  /** `setLocalDescription` waits for it before it sets the description, like a browser while it creates one. */
  describing: Promise<void> = Promise.resolve();
  /** As of werift. */
  iceTransports: readonly [] | undefined;
  #count = 0;
  #isNeeded = false;

  createDataChannel(_label = 'chat', options?: ChannelOptions): FakeChannel {
    const channel = new FakeChannel();
    channel.options = options;
    this.channels.push(channel);
    queueMicrotask(() => this.need());
    return channel;
  }

  async setLocalDescription(): Promise<void> {
    await this.describing;
    const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
    this.signalingState = type === 'offer' ? 'have-local-offer' : 'stable';
    this.localDescription = { type, sdp: `${type} ${(this.#count += 1)}` };
    if (type === 'offer') this.#isNeeded = false;
    await this.gathering;
  }

  async setRemoteDescription(description: Description): Promise<void> {
    await Promise.resolve();
    const expected = description.type === 'offer' ? ['stable', 'have-local-offer'] : ['have-local-offer'];
    if (!expected.includes(this.signalingState) || description.sdp === 'nonsense') throw new Error('InvalidStateError');
    this.signalingState = description.type === 'offer' ? 'have-remote-offer' : 'stable';
    this.remoteDescription = description;
  }

  async addIceCandidate(candidate: Candidate): Promise<void> {
    await (candidate.candidate === this.stuck ? new Promise(() => undefined) : Promise.resolve());
    if (!this.remoteDescription || candidate.candidate === 'nonsense') throw new Error('InvalidStateError');
    this.candidates.push(candidate);
  }

  restarts = 0;

  restartIce(): void {
    this.restarts += 1;
    this.need();
  }

  /** The connection needs a negotiation. A browser reports that once, until the next offer. */
  need(): void {
    if (this.#isNeeded) return;
    this.#isNeeded = true;
    this.fire('negotiationneeded');
  }

  close(): void {
    this.enter('closed');
  }

  /** Sets the connection state and fires the event. */
  enter(state: string): void {
    if (this.connectionState === 'closed') return;
    this.connectionState = state;
    this.fire('connectionstatechange');
  }

  /** Fires a gathered candidate; `null` is the end of the candidates. */
  gather(candidate: string | null): void {
    this.fire('icecandidate', { candidate: candidate === null ? null : { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
  }
}
