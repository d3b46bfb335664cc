import type { DataChannel } from './peer-connection.js';

/** `room()` waits while more than this is buffered. Enough to keep a fast network busy. Bytes. */
const HIGH_WATER_BYTES = 65_536;
/** `bufferedamountlow` fires at this level and wakes `room()`. Bytes. */
const LOW_WATER_BYTES = 16_384;

/**
 * Maximum texts between two confirmation requests, and maximum open requests. Together they bound the texts in flight:
 * werift sends each text in a separate packet, and a few hundred packets overflow the receive buffer of a socket.
 */
export const CONFIRM_EVERY = 32;
const MAX_OPEN_REQUESTS = 2;

/** If the peer confirms nothing for this long, it does not support confirmations or is gone. Milliseconds. */
export const CONFIRM_MS = 5_000;

/** How long the peer has to process the close of the channel before the connection is closed. Milliseconds. */
const CLOSE_MS = 1_000;

/** A binary message of one byte (ENQ): asks the peer to confirm every text before it. */
const CONFIRM = 0x05;
/** The confirmation (ACK). The channel is reliable and ordered, so the n-th confirmation belongs to the n-th request. */
const CONFIRMED = 0x06;

/**
 * Sends texts over an open data channel, with back-pressure and with confirmation by the peer. A closed channel does not
 * prove delivery: a WebRTC stack may drop texts in flight when the other side resets the stream.
 */
export class TextChannel {
  readonly #channel: DataChannel;
  readonly #waiting = new Set<() => void>();
  #sinceRequest = 0;
  #openRequests = 0;
  #confirmations = 0;
  #doesPeerConfirm = true;

  constructor(channel: DataChannel) {
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.wake());
  }

  /** Whether the peer has confirmed every text. */
  get isConfirmed(): boolean {
    return this.#sinceRequest === 0 && this.#openRequests === 0;
  }

  /** Sends a text. `false` if the channel is not open. @throws the error of the channel if the text is too long. */
  send(text: string): boolean {
    if (!this.#isOpen) return false;
    this.#channel.send(text);
    this.#sinceRequest += 1;
    if (this.#openRequests === 0 || this.#sinceRequest >= CONFIRM_EVERY) this.#request();
    return true;
  }

  /** Resolves with `true` when the next text should be sent, with `false` if the channel is closed. */
  async room(): Promise<boolean> {
    while (this.#isOpen && this.#isFull) await this.#progress();
    return this.#isOpen;
  }

  /** Handles a binary message of the peer. Messages that are not part of the confirmation are ignored. */
  takeBinary(data: unknown): void {
    const byte = onlyByteOf(data);
    if (byte === CONFIRM && this.#isOpen) this.#channel.send(Uint8Array.of(CONFIRMED));
    if (byte !== CONFIRMED || this.#openRequests === 0) return;
    this.#openRequests -= 1;
    this.#confirmations += 1;
    this.#doesPeerConfirm = true;
    if (this.#openRequests === 0 && this.#sinceRequest > 0 && this.#isOpen) this.#request();
    this.wake();
  }

  /**
   * Waits until the peer has confirmed every text, as long as confirmations arrive or the buffer shrinks; then closes the
   * channel.
   */
  async finish(): Promise<void> {
    while (this.#isOpen && !this.isConfirmed && (await this.#progress()));
    if (this.#isOpen) await this.#close();
  }

  /** Wakes all pending calls of `room()` and `finish()`. Call it after the channel closed. */
  wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
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

  #request(): void {
    this.#sinceRequest = 0;
    this.#openRequests += 1;
    this.#channel.send(Uint8Array.of(CONFIRM));
  }

  get #isOpen(): boolean {
    return this.#channel.readyState === 'open';
  }

  get #isFull(): boolean {
    const isUnconfirmed = this.#doesPeerConfirm && this.#openRequests >= MAX_OPEN_REQUESTS;
    return isUnconfirmed || this.#channel.bufferedAmount > HIGH_WATER_BYTES;
  }

  /** Resolves with `true` after the buffer shrank or a confirmation arrived, with `false` if neither did within `CONFIRM_MS`. */
  async #progress(): Promise<boolean> {
    const [bytes, confirmations] = [this.#channel.bufferedAmount, this.#confirmations];
    await this.#woken();
    const isMoving = this.#channel.bufferedAmount < bytes || this.#confirmations > confirmations;
    if (!isMoving) this.#doesPeerConfirm = false;
    return isMoving;
  }

  /** Resolves at the next `wake`, after `CONFIRM_MS` at the latest. */
  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, CONFIRM_MS);
      this.#waiting.add(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** The byte of a one-byte message. Browsers deliver an `ArrayBuffer`, werift a `Buffer`. */
function onlyByteOf(data: unknown): number | undefined {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  return bytes instanceof Uint8Array && bytes.length === 1 ? bytes[0] : undefined;
}
