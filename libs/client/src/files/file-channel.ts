import { deferred } from '../deferred.js';
import type { PeerCall } from '../peer-call.js';
import type { DataChannel } from '../peer-connection.js';
import { decodeFileMessage, encodeFileMessage, type FileMessage, type SentEnd } from './file-message.js';
import { onPeerClosed } from './peer-closed.js';

/** What one side of a transfer does with the messages of the other. */
export interface FileChannelHandlers {
  readonly onMessage: (message: FileMessage) => void;
  /** A part of the hashes or of a block. The bytes are valid during the call only. */
  readonly onData: (bytes: Uint8Array) => void;
  /** The other side sent what is no message. */
  readonly onFault: () => void;
  /** The channel has ended, and neither side has said why. */
  readonly onClosed: () => void;
}

/** Binary messages are cut to this length, so that other channels of the call take turns. Bytes. */
const MESSAGE_BYTES = 16_384;
/** `sendData` waits while the channel buffers more than this. Bytes. */
const HIGH_WATER_BYTES = 65_536;
/** The channel fires `bufferedamountlow` at this level, which wakes `sendData`. Bytes. */
const LOW_WATER_BYTES = 16_384;
/** How long the other side has to close the channel after `end`. Milliseconds. */
const LINGER_MS = 5_000;

/** The data channel of one file transfer: control messages in both directions, and data with back-pressure. */
export class FileChannel {
  /** Resolves with `true` when the channel is open, with `false` if it ended before. */
  readonly opened: Promise<boolean>;
  readonly #channel: DataChannel;
  readonly #opened = deferred<boolean>();
  readonly #closed = deferred<undefined>();
  readonly #waiting = new Set<() => void>();
  readonly #forgetPeer: () => void;
  #handlers: FileChannelHandlers | undefined;
  #isEnding = false;
  #isClosed = false;

  /** @param peer the call of the channel: a connection that this side closes reports no close of its channels. */
  constructor(peer: Pick<PeerCall, 'closed'>, channel: DataChannel, handlers: FileChannelHandlers) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.opened = this.#opened.promise;
    channel.binaryType = 'arraybuffer';
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener('message', ({ data }) => this.#take(data));
    channel.addEventListener('bufferedamountlow', () => this.#wake());
    channel.addEventListener('open', () => this.#opened.resolve(true));
    channel.addEventListener('close', () => this.#onClosed());
    if (channel.readyState === 'open') this.#opened.resolve(true);
    this.#forgetPeer = onPeerClosed(peer, () => this.#onClosed());
    // A channel that was kept for its first listener may have ended meanwhile.
    if (channel.readyState === 'closing' || channel.readyState === 'closed') queueMicrotask(() => this.#onClosed());
  }

  /** From now on these handlers receive the messages. */
  attach(handlers: FileChannelHandlers): void {
    this.#handlers = handlers;
  }

  /** Sends a control message. If the channel is not open, nothing is sent, and `onClosed` is called or was. */
  send(message: FileMessage): void {
    this.#write(encodeFileMessage(message));
  }

  /** Sends data, and resolves when the channel can take more: with `false` if it has ended. Never rejects. */
  async sendData(data: Uint8Array): Promise<boolean> {
    for (let start = 0; start < data.length; start += MESSAGE_BYTES) {
      if (!this.#write(data.subarray(start, start + MESSAGE_BYTES))) return false;
      while (this.#isOpen && this.#channel.bufferedAmount > HIGH_WATER_BYTES) await this.#woken();
    }
    return this.#isOpen;
  }

  /**
   * Ends the transfer for the other side. That side closes the channel when it has read why: data in flight is lost if the
   * side that sent it closes. Resolves when the channel is closed, at the latest after 5 s.
   */
  async end(reason: SentEnd): Promise<void> {
    if (this.#isClosed) return;
    this.#isEnding = true;
    this.#wake();
    const timer = setTimeout(() => this.close(), LINGER_MS);
    if (await this.opened) this.send({ type: 'end', reason });
    await this.#closed.promise;
    clearTimeout(timer);
  }

  /** Closes the channel without a word. */
  close(): void {
    this.#isEnding = true;
    this.#onClosed();
    // werift cannot close a channel that has no stream yet.
    if (this.#channel.readyState === 'connecting') this.#channel.addEventListener('open', () => this.#channel.close());
    else this.#channel.close();
  }

  #take(data: unknown): void {
    const message = typeof data === 'string' ? decodeFileMessage(data) : undefined;
    // This side has ended the transfer, and waits for the other to close the channel. Both may have ended it.
    if (this.#isEnding || this.#isClosed) {
      if (message?.type === 'end') this.close();
      return;
    }
    const bytes = message ? undefined : bytesOf(data);
    if (message) this.#handlers?.onMessage(message);
    else if (bytes) this.#handlers?.onData(bytes);
    else this.#handlers?.onFault();
  }

  /** `false` if the channel cannot send. */
  #write(message: string | Uint8Array): boolean {
    if (this.#isClosed || this.#channel.readyState !== 'open') return false;
    try {
      this.#channel.send(message);
      return true;
    } catch {
      // The channel ended in this moment, or its buffer is full of what this side did not send.
      return false;
    }
  }

  get #isOpen(): boolean {
    return !this.#isEnding && !this.#isClosed && this.#channel.readyState === 'open';
  }

  #onClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#wake();
    this.#opened.resolve(false);
    this.#closed.resolve(undefined);
    if (!this.#isEnding) this.#handlers?.onClosed();
    // A WebRTC stack may keep a channel, and so its listeners, as long as its connection.
    this.#handlers = undefined;
    this.#forgetPeer();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}

/** The bytes of a binary message, not copied: browsers deliver an `ArrayBuffer`, werift a part of a `Buffer`. */
function bytesOf(data: unknown): Uint8Array | undefined {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return data instanceof Uint8Array ? data : undefined;
}
