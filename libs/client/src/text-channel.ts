import type { DataChannel } from './peer-connection.js';

/** `room` waits while more than this is buffered here. Enough to keep a fast network busy. Bytes. */
export const HIGH_WATER_BYTES = 65_536;
/** What is buffered when `bufferedamountlow` wakes `room`. Bytes. */
const LOW_WATER_BYTES = 16_384;

/**
 * Most texts between two requests to confirm, and requests that may be open at once. Both together bound what is in
 * flight: werift sends each text in a packet of its own, and a few hundred overflow the receive buffer of a socket.
 */
export const CONFIRM_EVERY = 32;
const MAX_OPEN_REQUESTS = 2;

/** A peer that confirmed nothing for this long does not confirm at all, or is gone. Ms. */
export const CONFIRM_MS = 5_000;

/** The peer has this long to take notice that the channel is closed, before its connection goes. Ms. */
const FAREWELL_MS = 1_000;

/** Binary message of one byte (ENQ): the sender asks the peer to confirm every text before it. */
const CONFIRM = 0x05;
/** The answer to it (ACK). The channel is reliable and ordered, so the n-th answer is to the n-th request. */
const CONFIRMED = 0x06;

/**
 * Texts over an open data channel, with back-pressure and with confirmation by the peer. Closing a channel proves nothing
 * by itself: a WebRTC stack may drop what is in flight when the other side resets the stream.
 */
export class TextChannel {
  readonly #channel: DataChannel;
  readonly #waiting = new Set<() => void>();
  #sinceRequest = 0;
  #openRequests = 0;
  #answers = 0;
  #doesPeerConfirm = true;

  constructor(channel: DataChannel) {
    this.#channel = channel;
    channel.bufferedAmountLowThreshold = LOW_WATER_BYTES;
    channel.addEventListener('bufferedamountlow', () => this.wake());
  }

  /** Whether every text was confirmed by the peer. */
  get isConfirmed(): boolean {
    return this.#sinceRequest === 0 && this.#openRequests === 0;
  }

  /** `false` if the channel is not open (any more). @throws what the channel throws for a text that is too long. */
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

  /** Takes a message of the peer that is no text. Others than those of this class are ignored. */
  takeBinary(data: unknown): void {
    const byte = onlyByteOf(data);
    if (byte === CONFIRM && this.#isOpen) this.#channel.send(Uint8Array.of(CONFIRMED));
    if (byte !== CONFIRMED || this.#openRequests === 0) return;
    this.#openRequests -= 1;
    this.#answers += 1;
    this.#doesPeerConfirm = true;
    if (this.#openRequests === 0 && this.#sinceRequest > 0 && this.#isOpen) this.#request();
    this.wake();
  }

  /**
   * Waits until the peer has confirmed every text, for as long as it confirms any or something leaves the buffer; then
   * closes the channel.
   */
  async finish(): Promise<void> {
    while (this.#isOpen && !this.isConfirmed && (await this.#progress()));
    if (this.#isOpen) await this.#close();
  }

  /** Ends all waiting. Call it when the channel was closed. */
  wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #close(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, FAREWELL_MS);
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

  /** Resolves with `true` when texts left the buffer or were confirmed, with `false` if none did for `CONFIRM_MS`. */
  async #progress(): Promise<boolean> {
    const [bytes, answers] = [this.#channel.bufferedAmount, this.#answers];
    await this.#woken();
    const isMoving = this.#channel.bufferedAmount < bytes || this.#answers > answers;
    if (!isMoving) this.#doesPeerConfirm = false;
    return isMoving;
  }

  /** Resolves with the next `wake`, after `CONFIRM_MS` at the latest. */
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

/** The byte of a message that has only one. Browsers give an `ArrayBuffer`, werift a `Buffer`. */
function onlyByteOf(data: unknown): number | undefined {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : data;
  return bytes instanceof Uint8Array && bytes.length === 1 ? bytes[0] : undefined;
}
