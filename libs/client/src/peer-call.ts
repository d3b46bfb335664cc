import type { Call, CallEnd } from './call.js';
import { Emitter } from './emitter.js';
import { Negotiation } from './negotiation.js';
import type { ConnectionConfiguration, DataChannel, PeerConnection } from './peer-connection.js';
import type { PeerSignal } from './peer-signal.js';
import { TextChannel } from './text-channel.js';

/** Options of a `PeerCall`. */
export interface PeerCallOptions {
  /**
   * Creates the WebRTC connection: `(configuration) => new RTCPeerConnection(configuration)`, the browser's or werift's.
   * `configuration` holds the ICE servers that the server offers for this call. The factory may add or replace servers:
   * `({ iceServers }) => new RTCPeerConnection({ iceServers: [...own, ...iceServers] })`.
   */
  readonly createConnection: (configuration: ConnectionConfiguration) => PeerConnection;
  /** The label of the data channel; `chat` by default. */
  readonly label?: string;
  /** The time limit for connecting, in milliseconds; 30,000 by default. */
  readonly connectWithinMs?: number;
}

/**
 * Why two peers are not connected, or not any more.
 *
 * - `no_route`: the peers found no network path in time. A TURN server helps.
 * - `closed`: this side closed the connection. `closed_by_peer`: the other side did. `lost`: the connection broke.
 * - `failed`: the negotiation failed; the other peer may use an incompatible client.
 * - any other: the call ended before the peers were connected.
 */
export type PeerCallEnd = 'no_route' | 'closed' | 'closed_by_peer' | 'lost' | 'failed' | CallEnd;

/** The result of connecting. */
export type Connected =
  { readonly ok: true; readonly channel: DataChannel } | { readonly ok: false; readonly reason: PeerCallEnd };

/** The events of a peer call. */
export interface PeerCallEvents {
  /** The new `connectionState` of the WebRTC connection, such as `connected` or `disconnected` (which can recover). */
  readonly state: string;
  /** A text of the other peer. For binary messages, listen to the channel itself. */
  readonly text: string;
}

const CONNECT_WITHIN_MS = 30_000;

/**
 * A WebRTC connection with a data channel to the other side of an accepted call. It needs the server until the peers are
 * connected; after that it is independent of the server.
 */
export class PeerCall extends Emitter<PeerCallEvents> {
  /** The WebRTC connection. Both sides may add tracks to it before `opened` resolves. */
  readonly connection: PeerConnection;
  readonly #call: Call;
  readonly #negotiation: Negotiation;
  readonly #opened = Promise.withResolvers<Connected>();
  readonly #closed = Promise.withResolvers<PeerCallEnd>();
  readonly #deadline: ReturnType<typeof setTimeout>;
  #channel: DataChannel | undefined;
  #texts: TextChannel | undefined;
  #closing: Promise<boolean> | undefined;
  /** The end reported if the connection never opens. */
  #endIfUnopened: PeerCallEnd = 'no_route';
  #isOpen = false;
  #isOver = false;

  /** Starts to connect at once. @param call an accepted call (`await call.answered`). */
  constructor(call: Call, { createConnection, label = 'chat', connectWithinMs = CONNECT_WITHIN_MS }: PeerCallOptions) {
    super(['text']);
    this.#call = call;
    this.connection = createConnection({ iceServers: [...call.iceServers] });
    this.#negotiation = new Negotiation(this.connection, {
      polite: call.role === 'callee',
      send: (signal) => void this.#signal(signal),
      onFailed: () => this.#isOpen || this.#end('failed'),
    });
    this.#deadline = setTimeout(() => this.#end(this.#endIfUnopened), connectWithinMs);
    this.#listen();
    // The caller opens the channel, which triggers its offer. The callee receives the channel.
    if (call.role === 'caller') this.#use(this.connection.createDataChannel(label));
  }

  /** Resolves with the open channel, or with the reason why there is none. Never rejects. */
  get opened(): Promise<Connected> {
    return this.#opened.promise;
  }

  /** Resolves with the reason why the connection ended. Never rejects. */
  get closed(): Promise<PeerCallEnd> {
    return this.#closed.promise;
  }

  /**
   * Sends a text to the other peer, without a server. `false` if there is no open channel. If you send many texts, await
   * `room()` before each: the channel buffers everything that the network does not take.
   *
   * @throws the error of the channel if the text is too long: the limit is 64 KiB if either side uses werift.
   */
  send(text: string): boolean {
    return this.#texts?.send(text) ?? false;
  }

  /** Resolves with `true` when the channel can buffer the next text, with `false` if the channel is not open. */
  async room(): Promise<boolean> {
    return (await this.#texts?.room()) ?? false;
  }

  /** Whether the other peer has confirmed every text sent so far. After the end: whether all texts have arrived. */
  get isConfirmed(): boolean {
    return this.#texts?.isConfirmed ?? true;
  }

  /**
   * Waits until the other peer has confirmed every text, as long as confirmations arrive; then closes the connection and
   * notifies the other peer. Resolves with `isConfirmed`. Never rejects.
   */
  close(): Promise<boolean> {
    this.#closing ??= this.#isOver ? Promise.resolve(this.isConfirmed) : this.#close();
    return this.#closing;
  }

  async #close(): Promise<boolean> {
    this.#settle('closed');
    await this.#texts?.finish();
    await this.connection.close();
    return this.isConfirmed;
  }

  async #signal(signal: PeerSignal): Promise<void> {
    const outcome = await this.#call.signal(signal);
    // The other peer cannot connect without it.
    if (!outcome.ok && outcome.code === 'signal_too_long' && !this.#isOpen) this.#end('failed');
  }

  #listen(): void {
    this.connection.addEventListener('datachannel', ({ channel }) => this.#channel ?? this.#use(channel));
    this.connection.addEventListener('connectionstatechange', () => this.#onState(this.connection.connectionState));
    this.#call.on('signal', (signal) => this.#negotiation.take(signal));
    void this.#call.ended.then((why) => this.#onCallEnded(why));
  }

  #onState(state: string): void {
    if (this.#isOver) return;
    this.emit('state', state);
    if (state === 'failed' || state === 'closed') this.#end(this.#isOpen ? 'lost' : this.#endIfUnopened);
  }

  /** If the server fails after the peers exchanged their descriptions, they may still connect. */
  #onCallEnded(why: CallEnd): void {
    const serverGone = why === 'disconnected' || why === 'peer_offline';
    const mayStillConnect = serverGone && this.connection.signalingState === 'stable' && this.#isDescribed;
    if (why === 'established' || this.#isOpen) return;
    if (mayStillConnect) this.#endIfUnopened = why;
    else this.#end(why);
  }

  get #isDescribed(): boolean {
    return this.connection.localDescription !== null;
  }

  #use(channel: DataChannel): void {
    this.#channel = channel;
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }) => {
      if (typeof data === 'string') this.emit('text', data);
      else this.#texts?.takeBinary(data);
    });
    channel.addEventListener('close', () => this.#end('closed_by_peer'));
    if (channel.readyState === 'open') this.#onOpen(channel);
    else channel.addEventListener('open', () => this.#onOpen(channel));
  }

  #onOpen(channel: DataChannel): void {
    if (this.#isOpen || this.#isOver) return;
    this.#isOpen = true;
    this.#texts = new TextChannel(channel);
    clearTimeout(this.#deadline);
    // Pending candidates must be sent before the server forgets the call.
    this.#negotiation.flush();
    void this.#call.established();
    this.#opened.resolve({ ok: true, channel });
  }

  #end(why: PeerCallEnd): void {
    if (this.#isOver) return;
    this.#settle(why);
    void this.connection.close();
  }

  #settle(why: PeerCallEnd): void {
    this.#isOver = true;
    clearTimeout(this.#deadline);
    this.#negotiation.stop();
    this.#opened.resolve({ ok: false, reason: why });
    this.#closed.resolve(why);
    if (why !== 'closed') this.#texts?.wake();
    void this.#call.hangup();
  }
}
