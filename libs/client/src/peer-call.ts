/// <reference lib="esnext.disposable" preserve="true" />
import { deferred } from './deferred.js';
import type { Call, CallEnd } from './call.js';
import { Emitter, type Listener, type ListenerOptions } from './emitter.js';
import { MessageStream } from './message-stream.js';
import { Negotiation } from './negotiation.js';
import type { Delivery, SendResult } from './outbox.js';
import type { PeerCallOptions } from './peer-call-options.js';
import type { Connected, PeerCallEnd, PeerCallEvents, PeerCallState } from './peer-call-state.js';
import type { ChannelOptions, DataChannel, PeerConnection } from './peer-connection.js';
import type { PeerSignal } from './peer-signal.js';
import { Resumption } from './resumption.js';
import { repairWerift } from './werift/repair.js';

const DEFAULT_LABEL = 'chat';
const CONNECT_WITHIN_MS = 30_000;
const RESTORE_WITHIN_MS = 30_000;

/**
 * A WebRTC connection with a data channel to the other side of an accepted call. It needs the server until the peers are
 * connected, and again to restore the connection after a change of network.
 */
export class PeerCall<Connection extends PeerConnection = PeerConnection> extends Emitter<PeerCallEvents> {
  /** What `createConnection` returned. Both sides may add tracks to it at any time, and listen to its event `track`. */
  readonly connection: Connection;
  readonly #call: Call;
  readonly #negotiation: Negotiation;
  readonly #resumption: Resumption;
  readonly #restoreWithinMs: number;
  readonly #opened = deferred<Connected>();
  readonly #closed = deferred<PeerCallEnd>();
  /** Until the connection is open, and while it is interrupted. */
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #channel: DataChannel | undefined;
  #messages: MessageStream | undefined;
  #closing: Promise<Delivery> | undefined;
  /** The application listens for messages. Those of the other kind are none for it. */
  #isRead = false;
  /** The end reported if the connection never opens. */
  #endIfUnopened: PeerCallEnd = 'no_route';
  #state: PeerCallState = 'connecting';

  /**
   * Starts to connect at once.
   *
   * @param call an accepted call (`await call.answered`).
   * @throws what `createConnection` throws, after the call was hung up.
   */
  constructor(call: Call, options: PeerCallOptions<Connection>) {
    super(['text', 'bytes', 'channel']);
    const { createConnection, label = DEFAULT_LABEL, connectWithinMs = CONNECT_WITHIN_MS } = options;
    this.#restoreWithinMs = options.restoreWithinMs ?? RESTORE_WITHIN_MS;
    this.#call = call;
    try {
      this.connection = createConnection({ iceServers: [...call.iceServers] });
    } catch (fault) {
      void call.hangup();
      throw fault;
    }
    this.#negotiation = new Negotiation(this.connection, {
      onFailed: () => this.#isConnecting && this.#end('failed'),
      onNeeded: () => void this.#resumption.start(),
    });
    this.#negotiation.attach({
      polite: call.role === 'callee',
      isResumption: false,
      send: (signal) => void this.#signal(signal),
    });
    this.#resumption = new Resumption(this.#negotiation, {
      isNeeded: () => this.#state === 'interrupted' || (this.#state === 'open' && this.#negotiation.isNeeded),
      call: () => call.resume.call(call.peerId, call.id),
      reach: () => call.resume.reach(),
      probe: () => this.#messages?.probe() ?? Promise.resolve(false),
      onGone: () => this.#state === 'interrupted' && this.#end('lost'),
    });
    this.#deadline = setTimeout(() => this.#end(this.#endIfUnopened), connectWithinMs);
    this.#listen(label);
    // The caller opens the channel, which triggers its offer. The callee receives the channel.
    if (call.role === 'caller') this.#use(this.connection.createDataChannel(label));
  }

  /** Messages that waited for a first listener are confirmed once it has them. */
  override on<E extends keyof PeerCallEvents>(
    name: E,
    listener: Listener<PeerCallEvents[E]>,
    options?: ListenerOptions,
  ): () => void {
    const remove = super.on(name, listener, options);
    this.#isRead ||= name === 'text' || name === 'bytes';
    this.#messages?.answer();
    return remove;
  }

  /** The current state. */
  get state(): PeerCallState {
    return this.#state;
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
   * Sends a text or bytes to the other peer, without a server, in order. Resolves when the channel can take more: if you
   * send many messages, await each. Never rejects. The longest message is 64 KiB if either side uses werift.
   */
  send(message: string | Uint8Array<ArrayBuffer>): Promise<SendResult> {
    if (!this.#messages || !this.#canSend) return Promise.resolve({ ok: false, reason: 'not_open' });
    return this.#messages.send(message);
  }

  /** How many messages this side has sent, and how many the other peer has confirmed. */
  get delivery(): Delivery {
    return this.#messages?.delivery ?? { sent: 0, confirmed: 0 };
  }

  /**
   * Waits until the other peer has confirmed every message, as long as confirmations arrive; then closes the connection
   * and notifies the other peer. Resolves with the final `delivery`. Never rejects.
   */
  close(): Promise<Delivery> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes the connection at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Opens another channel, whose messages the application handles itself; binary ones arrive as an `ArrayBuffer`, or with
   * werift as a `Buffer`. The other side gets the event `channel`.
   *
   * @throws what `createDataChannel` throws: an error of the runtime, if the connection is closed or the options are invalid.
   */
  openChannel(label: string, options?: ChannelOptions): DataChannel {
    const channel = this.connection.createDataChannel(label, options);
    this.#watch(channel);
    return channel;
  }

  /** A text can wait for seconds behind the messages of another channel, which prove as well that the other side is there. */
  #watch(channel: DataChannel): void {
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', () => this.#messages?.noteAlive());
  }

  async #close(): Promise<Delivery> {
    if (this.#canSend) {
      clearTimeout(this.#deadline);
      this.#enter('closing');
      await this.#messages?.finish();
    }
    this.#end('closed');
    await this.connection.close();
    return this.delivery;
  }

  async #signal(signal: PeerSignal): Promise<void> {
    const outcome = await this.#call.signal(signal);
    // The other peer cannot connect without it.
    if (!outcome.ok && outcome.code === 'signal_too_long' && this.#isConnecting) this.#end('failed');
  }

  #listen(label: string): void {
    this.connection.addEventListener('datachannel', ({ channel }) => {
      // Another channel of the other side can arrive before the one of its PeerCall.
      if (!this.#channel && channel.label === label) {
        this.#use(channel);
        return;
      }
      this.#watch(channel);
      this.emit('channel', channel);
    });
    this.connection.addEventListener('connectionstatechange', () =>
      this.#onConnectionState(this.connection.connectionState),
    );
    this.#call.on('signal', (signal) => this.#negotiation.take(signal));
    void this.#call.ended.then((why) => this.#onCallEnded(why));
  }

  #onConnectionState(state: string): void {
    const isBroken = state === 'failed' || state === 'closed';
    if (state === 'connecting') repairWerift(this.connection);
    if (isBroken && this.#isConnecting) this.#end(this.#endIfUnopened);
    else if (state === 'closed') this.#end('lost');
    else if (state === 'disconnected' || state === 'failed') this.#interrupt();
  }

  #interrupt(): void {
    if (this.#state !== 'open') return;
    this.#deadline = setTimeout(() => this.#end('lost'), this.#restoreWithinMs);
    this.#enter('interrupted');
    void this.#resumption.start();
  }

  #restore(): void {
    if (this.#state !== 'interrupted') return;
    clearTimeout(this.#deadline);
    this.#enter('open');
  }

  /** If the server fails after the peers exchanged their descriptions, they may still connect. */
  #onCallEnded(why: CallEnd): void {
    const serverGone = why === 'disconnected' || why === 'peer_offline';
    const mayStillConnect = serverGone && this.connection.signalingState === 'stable' && this.#isDescribed;
    if (why === 'established' || !this.#isConnecting) return;
    if (mayStillConnect) this.#endIfUnopened = why;
    else this.#end(why);
  }

  get #endOfChannel(): PeerCallEnd {
    if (this.#state === 'closing') return 'closed';
    // The SCTP association has given up.
    return this.#state === 'interrupted' ? 'lost' : 'closed_by_peer';
  }

  get #canSend(): boolean {
    return this.#state === 'open' || this.#state === 'interrupted';
  }

  get #isConnecting(): boolean {
    return this.#state === 'connecting';
  }

  #enter(state: PeerCallState): void {
    this.#state = state;
    this.emit('state', state);
  }

  get #isDescribed(): boolean {
    return this.connection.localDescription !== null;
  }

  #use(channel: DataChannel): void {
    this.#channel = channel;
    this.#messages = new MessageStream(channel, {
      onText: (text) => this.emit('text', text) || this.#isRead,
      onBytes: (bytes) => this.emit('bytes', bytes) || this.#isRead,
      unread: () => (this.#isRead ? 0 : this.keptOf('text') + this.keptOf('bytes')),
      maxLength: () => longestMessage(this.connection),
      onConfirmed: (count) => this.emit('delivered', count),
      onSilent: () => this.#interrupt(),
      onAlive: () => this.#restore(),
    });
    channel.addEventListener('close', () => this.#end(this.#endOfChannel));
    if (channel.readyState === 'open') this.#onOpen(channel);
    else channel.addEventListener('open', () => this.#onOpen(channel));
  }

  #onOpen(channel: DataChannel): void {
    if (!this.#isConnecting) return;
    clearTimeout(this.#deadline);
    this.#messages?.start();
    // Pending candidates must be sent before the server forgets the call.
    this.#negotiation.flush();
    void this.#call.established();
    this.#negotiation.detach();
    this.#call.resume.add(this.#call, (call) => void this.#resumption.take(call));
    this.#enter('open');
    this.#opened.resolve({ ok: true, channel });
    // For a track that was added meanwhile, if there is one.
    void this.#resumption.start();
  }

  #end(why: PeerCallEnd): void {
    if (this.#state === 'closed') return;
    clearTimeout(this.#deadline);
    this.#enter('closed');
    this.#negotiation.detach();
    this.#resumption.stop();
    this.#call.resume.end(this.#call);
    this.#messages?.stop();
    this.#opened.resolve({ ok: false, reason: why });
    this.#closed.resolve(why);
    void this.#call.hangup();
    void this.connection.close();
  }
}

/** What `connection` can send in one message; 0 of werift stands for no limit. Bytes. */
function longestMessage({ sctp }: PeerConnection): number {
  const limit = sctp?.maxMessageSize ?? 0;
  return limit === 0 ? Infinity : limit;
}
