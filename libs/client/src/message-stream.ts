import { decodeChannelFrame, encodeChannelFrame } from './channel-frame.js';
import { HIGH_WATER_BYTES, Outbox, type Delivery, type SendResult } from './outbox.js';
import type { DataChannel } from './peer-connection.js';
import { SilenceWatch } from './silence-watch.js';

/** Callbacks of a message stream. */
export interface MessageStreamHandlers {
  /** Returns `false` if the text was dropped; then nothing from it on is confirmed. */
  readonly onText: (text: string) => boolean;
  /** The same for bytes. */
  readonly onBytes: (bytes: Uint8Array<ArrayBuffer>) => boolean;
  /** How many messages wait for a listener. They are not confirmed. */
  readonly unread: () => number;
  /** The longest message that the channel can send. Bytes. */
  readonly maxLength: () => number;
  /** The other side has confirmed the first `count` messages of this side. */
  readonly onConfirmed: (count: number) => void;
  /** Nothing comes from the other side: its network or its process is gone. Called again if that lasts. */
  readonly onSilent: () => void;
  /** Something came from the other side. */
  readonly onAlive: () => void;
}

/** A side that receives nothing asks for a confirmation after this time. Milliseconds. */
const PROBE_AFTER_MS = 4_000;
/** Within this time an answer is expected, if the path works. Milliseconds. */
const PROBE_MS = 3_000;
/** `onSilent` is called after this time without anything from the other side. Milliseconds. */
const SILENT_AFTER_MS = 8_000;

/** How long the peer has to process the close of the channel before the connection is closed. Milliseconds. */
const CLOSE_MS = 1_000;

/**
 * The messages of both sides over one data channel. The channel is reliable and ordered, so the n-th message that one side
 * sends is the n-th that the other side receives: numbers need not be sent.
 */
export class MessageStream {
  readonly #channel: DataChannel;
  readonly #handlers: MessageStreamHandlers;
  readonly #outbox: Outbox;
  readonly #silence: SilenceWatch;
  /** Messages before the first that was dropped. */
  #received = 0;
  #hasDropped = false;
  /** The other side waits for a confirmation. */
  #isAnswerDue = false;
  #buffered = 0;
  readonly #probes: (() => void)[] = [];

  constructor(channel: DataChannel, handlers: MessageStreamHandlers) {
    this.#channel = channel;
    this.#handlers = handlers;
    this.#outbox = new Outbox(channel, handlers);
    channel.addEventListener('bufferedamountlow', () => this.answer());
    channel.binaryType = 'arraybuffer';
    channel.addEventListener('message', ({ data }) => this.#take(data));
    this.#silence = new SilenceWatch({
      probeAfterMs: PROBE_AFTER_MS,
      deadAfterMs: SILENT_AFTER_MS,
      probe: () => this.#probe(),
      dead: () => this.#onSilent(),
    });
  }

  /** The channel is open. */
  start(): void {
    this.#silence.reset();
  }

  get delivery(): Delivery {
    return this.#outbox.delivery;
  }

  /** Sends a text or bytes; see `Outbox.send`. */
  send(message: string | Uint8Array<ArrayBuffer>): Promise<SendResult> {
    return this.#outbox.send(
      typeof message === 'string' ? { kind: 'text', text: message } : { kind: 'bytes', bytes: message },
    );
  }

  /**
   * Confirms what the listeners have, if the other side waits for that. A side that asks and does not read gets one answer
   * once the buffer is low.
   */
  answer(): void {
    const isFull = this.#channel.bufferedAmount > HIGH_WATER_BYTES;
    if (!this.#isAnswerDue || isFull || this.#channel.readyState !== 'open') return;
    const unread = this.#handlers.unread();
    this.#isAnswerDue = unread > 0;
    try {
      this.#channel.send(encodeChannelFrame({ kind: 'confirmation', count: this.#received - unread }));
    } catch {
      // The channel is closing.
    }
  }

  /** Something came from the other side, over this channel or another. */
  noteAlive(): void {
    if (this.#channel.readyState === 'open') this.#silence.reset();
    this.#handlers.onAlive();
    this.#endProbes();
  }

  /** Resolves with `true` when the other side answers, with `false` if it does not within some seconds. Never rejects. */
  probe(): Promise<boolean> {
    this.#outbox.request();
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), PROBE_MS);
      this.#probes.push(() => {
        clearTimeout(timer);
        resolve(this.#channel.readyState === 'open');
      });
    });
  }

  /** Waits for the confirmation of every message, as long as there is progress; then closes the channel. */
  async finish(): Promise<void> {
    await this.#outbox.finish();
    this.#silence.stop();
    if (this.#channel.readyState === 'open') await this.#close();
  }

  /** The channel has ended: no `send` waits any longer. */
  stop(): void {
    this.#silence.stop();
    this.#outbox.stop();
    this.#endProbes();
  }

  #endProbes(): void {
    for (const resolve of this.#probes.splice(0)) resolve();
  }

  #probe(): void {
    this.#buffered = this.#channel.bufferedAmount;
    this.#outbox.request();
  }

  /** A buffer that shrinks is a sign of life: the answer to the probe waits behind what is buffered. */
  #onSilent(): void {
    const isMoving = this.#channel.bufferedAmount < this.#buffered;
    this.#silence.reset();
    if (!isMoving) this.#handlers.onSilent();
  }

  #take(data: unknown): void {
    this.noteAlive();
    const frame = decodeChannelFrame(data);
    switch (frame?.kind) {
      case 'text':
        this.#count(this.#handlers.onText(frame.text));
        break;
      case 'bytes':
        this.#count(this.#handlers.onBytes(frame.bytes));
        break;
      case 'request':
        this.#isAnswerDue = true;
        this.answer();
        break;
      case 'confirmation':
        this.#outbox.confirm(frame.count);
        break;
      case undefined:
        break;
    }
  }

  #count(isTaken: boolean): void {
    this.#hasDropped ||= !isTaken;
    if (!this.#hasDropped) this.#received += 1;
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS);
      this.#channel.addEventListener('close', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#channel.close();
    });
  }
}
