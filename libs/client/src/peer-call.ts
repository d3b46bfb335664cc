import type { CallEnd } from './call-end.js';
import type { Call } from './call.js';
import { Emitter } from './emitter.js';
import { Negotiation } from './negotiation.js';
import type { ConnectionConfiguration, DataChannel, PeerConnection } from './peer-connection.js';
import { TextChannel } from './text-channel.js';

/** How to connect two peers. */
export interface PeerCallOptions {
  /**
   * Makes the connection: `(configuration) => new RTCPeerConnection(configuration)`, the browser's or werift's.
   * `configuration` holds the servers that the server offers for this call. To use others as well, or instead, is the
   * factory's choice: `({ iceServers }) => new RTCPeerConnection({ iceServers: [...own, ...iceServers] })`.
   */
  readonly createConnection: (configuration: ConnectionConfiguration) => PeerConnection;
  /** Name of the data channel; `chat` unless told. */
  readonly label?: string;
  /** How long connecting may take; 30,000 unless told. */
  readonly connectWithinMs?: number;
}

/**
 * Why two peers are not, or no longer, connected.
 *
 * - `no_route`: no way was found between the two networks in time. A TURN server helps.
 * - `closed`: by this side. `closed_by_peer`: by the other. `lost`: the connection broke.
 * - `failed`: the two could not agree; the other's client may be of another kind.
 * - any other: the call ended before the peers were connected.
 */
export type PeerCallEnd = 'no_route' | 'closed' | 'closed_by_peer' | 'lost' | 'failed' | CallEnd;

/** How connecting ended. */
export type Connected =
  { readonly ok: true; readonly channel: DataChannel } | { readonly ok: false; readonly reason: PeerCallEnd };

/** What a peer call tells. */
export interface PeerCallEvents {
  /** `connected`, `disconnected` (it may come back) and the like: `connectionState` of the connection. */
  readonly state: string;
  /** A text of the other peer. Binary messages: listen to the channel itself. */
  readonly text: string;
}

const CONNECT_WITHIN_MS = 30_000;

/**
 * A WebRTC connection with a data channel to the other side of a call that was accepted. It needs the server until it
 * is connected; from then on it lives on whatever becomes of the server.
 */
export class PeerCall extends Emitter<PeerCallEvents> {
  /** For those who want more than a data channel: add tracks to it, on either side, at any time before `opened`. */
  readonly connection: PeerConnection;
  readonly #call: Call;
  readonly #negotiation: Negotiation;
  readonly #opened = Promise.withResolvers<Connected>();
  readonly #closed = Promise.withResolvers<PeerCallEnd>();
  readonly #deadline: ReturnType<typeof setTimeout>;
  #channel: DataChannel | undefined;
  #texts: TextChannel | undefined;
  #closing: Promise<boolean> | undefined;
  /** Why there is none, should none come about. */
  #unopened: PeerCallEnd = 'no_route';
  #isOpen = false;
  #isOver = false;

  /** Begins at once. @param call one that was accepted (`await call.answered`). */
  constructor(call: Call, { createConnection, label = 'chat', connectWithinMs = CONNECT_WITHIN_MS }: PeerCallOptions) {
    super(['text']);
    this.#call = call;
    this.connection = createConnection({ iceServers: [...call.iceServers] });
    this.#negotiation = new Negotiation(this.connection, {
      polite: call.role === 'callee',
      send: (signal) => void call.signal(signal),
      onFailed: () => this.#isOpen || this.#end('failed'),
    });
    this.#deadline = setTimeout(() => this.#end(this.#unopened), connectWithinMs);
    this.#listen();
    // One side opens the channel, and with that its offer is due; the other is given it.
    if (call.role === 'caller') this.#use(this.connection.createDataChannel(label));
  }

  /** Resolves with the channel once texts can be sent, or with why there will be none. Never rejects. */
  get opened(): Promise<Connected> {
    return this.#opened.promise;
  }

  /** Resolves with why it ended. Never rejects. */
  get closed(): Promise<PeerCallEnd> {
    return this.#closed.promise;
  }

  /**
   * Sends a text to the other peer, past any server. `false` while there is no open channel. Before you send many, await
   * `room()` before each: a channel that is given more than the network takes buffers it all.
   *
   * @throws what the channel throws, where the text is longer than it takes at once: 64 KiB with werift at either side.
   */
  send(text: string): boolean {
    return this.#texts?.send(text) ?? false;
  }

  /** Resolves with `true` when the channel has room for the next text, with `false` if it is not open (any more). */
  async room(): Promise<boolean> {
    return (await this.#texts?.room()) ?? false;
  }

  /** Whether the peer has confirmed every text so far. After the end: whether all of them have arrived for certain. */
  get isConfirmed(): boolean {
    return this.#texts?.isConfirmed ?? true;
  }

  /**
   * Waits until the peer has confirmed every text, for as long as it confirms any; then ends it, and the other side is
   * told. Resolves with `isConfirmed`. Never rejects.
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

  #listen(): void {
    this.connection.addEventListener('datachannel', ({ channel }) => this.#channel ?? this.#use(channel));
    this.connection.addEventListener('connectionstatechange', () => this.#onState(this.connection.connectionState));
    this.#call.on('signal', (signal) => this.#negotiation.take(signal));
    void this.#call.ended.then((why) => this.#onCallEnded(why));
  }

  #onState(state: string): void {
    if (this.#isOver) return;
    this.emit('state', state);
    if (state === 'failed' || state === 'closed') this.#end(this.#isOpen ? 'lost' : this.#unopened);
  }

  /** A server that is gone is no reason to give up once both sides have what they need of each other. */
  #onCallEnded(why: CallEnd): void {
    const serverGone = why === 'disconnected' || why === 'peer_offline';
    const mayStillConnect = serverGone && this.connection.signalingState === 'stable' && this.#isDescribed;
    if (why === 'established' || this.#isOpen) return;
    if (mayStillConnect) this.#unopened = why;
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
    // What the other side may still need goes before the server forgets the call.
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
