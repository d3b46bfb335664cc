import { encodeChannelFrame, type ChannelFrame } from './channel-frame.js';
import type { DataChannel } from './peer-connection.js';

/** What `send` did with a message. */
export type SendResult =
  /** The channel has the message and can take another. It is the message of that number, counted from 1. */
  | { readonly ok: true; readonly number: number }
  /**
   * - `not_open`: there is no open channel, or it ended before it could take another message.
   * - `too_long`: the other side does not accept a message of this length.
   * - `full`: almost 16 MiB wait for a peer that does not read; await each `send`.
   */
  | { readonly ok: false; readonly reason: 'not_open' | 'too_long' | 'full' };

/** How many messages this side has sent, and how many of them the other side has confirmed: always the first ones. */
export interface Delivery {
  readonly sent: number;
  readonly confirmed: number;
}

/** `send` waits while the channel buffers more than this. Enough to keep a fast network busy. Bytes. */
export const HIGH_WATER_BYTES = 65_536;
/** The channel fires `bufferedamountlow` at this level, which wakes `send`. Bytes. */
const LOW_WATER_BYTES = 16_384;
/**
 * The channel buffers no more than this, also if the application does not await `send`. Chromium refuses a message that would
 * make it more than 16 MiB. Bytes.
 */
const MAX_BUFFERED_BYTES = 16_000_000;

/**
 * `send` waits while this many messages are unconfirmed, and asks for a confirmation after each half of them. werift
 * sends each message in a packet of its own, and a few hundred packets overflow the receive buffer of a socket.
 */
export const WINDOW = 128;
const REQUEST_EVERY = WINDOW / 2;

/** `finish` gives up if nothing was confirmed and nothing left the buffer for this long. Milliseconds. */
export const STALLED_MS = 5_000;

/** What an outbox needs from its call. */
export interface OutboxPort {
  readonly onConfirmed: (count: number) => void;
  /** The longest message that the other side accepts. Bytes. */
  readonly maxLength: () => number;
}

/**
 * The messages of this side of a call: numbered, sent over an open data channel with back-pressure, and confirmed by the
 * other side. An empty buffer or a closed channel does not prove delivery: a WebRTC stack may drop what is in flight when
 * the other side resets the stream.
 */
export class Outbox {
  readonly #channel: DataChannel;
  readonly #port: OutboxPort;
  readonly #waiting = new Set<() => void>();
  #sent = 0;
  #confirmed = 0;
  /** The number of the last message that a request for confirmation followed. */
  #requested = 0;
  #isStopped = false;

  constructor(channel: DataChannel, port: OutboxPort) {
    this.#channel = channel;
    this.#port = port;
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.#wake());
  }

  get delivery(): Delivery {
    return { sent: this.#sent, confirmed: this.#confirmed };
  }

  /** Sends a message at once, and resolves when the channel can take another. Never rejects. */
  async send(frame: Extract<ChannelFrame, { kind: 'text' | 'bytes' }>): Promise<SendResult> {
    if (!this.#isOpen()) return { ok: false, reason: 'not_open' };
    const message = encodeChannelFrame(frame);
    const { length } = typeof message === 'string' ? new TextEncoder().encode(message) : message;
    if (length > this.#port.maxLength()) return { ok: false, reason: 'too_long' };
    if (this.#channel.bufferedAmount + length > MAX_BUFFERED_BYTES) return { ok: false, reason: 'full' };
    try {
      this.#channel.send(message);
    } catch {
      return { ok: false, reason: this.#isOpen() ? 'too_long' : 'not_open' };
    }
    this.#sent += 1;
    const number = this.#sent;
    if (this.#requested <= this.#confirmed || number - this.#requested >= REQUEST_EVERY) this.request();
    while (this.#isOpen() && this.#isFull) await this.#woken();
    return this.#isOpen() ? { ok: true, number } : { ok: false, reason: 'not_open' };
  }

  /** The other side has received that many messages. An impossible count is ignored. */
  confirm(count: number): void {
    if (count <= this.#confirmed || count > this.#sent) return;
    this.#confirmed = count;
    if (this.#confirmed >= this.#requested && this.#requested < this.#sent) this.request();
    this.#port.onConfirmed(count);
    this.#wake();
  }

  /** Asks the other side how many messages it has received. */
  request(): void {
    if (!this.#isOpen()) return;
    this.#requested = this.#sent;
    try {
      this.#channel.send(encodeChannelFrame({ kind: 'request' }));
    } catch {
      // The buffer is full, or the channel is closing. A silent side is asked again.
    }
  }

  /** Waits until every message is confirmed, as long as confirmations arrive or the buffer shrinks. */
  async finish(): Promise<void> {
    while (this.#isOpen() && this.#confirmed < this.#sent && (await this.#progress()));
  }

  /** The channel has ended. werift reports that later: nothing waits for it. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #isOpen(): boolean {
    return !this.#isStopped && this.#channel.readyState === 'open';
  }

  get #isFull(): boolean {
    return this.#sent - this.#confirmed >= WINDOW || this.#channel.bufferedAmount > HIGH_WATER_BYTES;
  }

  /** Resolves with `true` after the buffer shrank or a confirmation arrived, with `false` if neither did in time. */
  async #progress(): Promise<boolean> {
    const [bytes, confirmed] = [this.#channel.bufferedAmount, this.#confirmed];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stalled = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), STALLED_MS)));
    // The event that wakes it can come long after the buffer shrank.
    const isWoken = await Promise.race([this.#woken().then(() => true), stalled]);
    clearTimeout(timer);
    return isWoken || this.#channel.bufferedAmount < bytes || this.#confirmed > confirmed;
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => this.#waiting.add(resolve));
  }
}
