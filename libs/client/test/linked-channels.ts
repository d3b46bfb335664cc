import type { DataChannel } from '../src/peer-connection.js';
import { FakeTarget } from './fake-peer-connection.js';

/** A message of a data channel. */
export type ChannelMessage = string | Uint8Array<ArrayBuffer>;

/** One end of two linked data channels. What it sends is buffered, and arrives at the other end in a later turn, in order. */
export class LinkedChannel extends FakeTarget implements DataChannel {
  readonly label: string;
  readyState = 'connecting';
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  binaryType = 'blob';
  /** All messages that this end has sent. */
  readonly sent: ChannelMessage[] = [];
  /** The greatest `bufferedAmount` that there was. Bytes. */
  highest = 0;
  /** Changes what this end sends, on its way. `undefined`: the message is lost. */
  change: (message: ChannelMessage) => ChannelMessage | undefined = (message) => message;
  other: LinkedChannel | undefined;
  readonly #queue: ChannelMessage[] = [];
  #isPaused = false;

  constructor(label: string) {
    super();
    this.label = label;
  }

  send(message: string | Uint8Array): void {
    if (this.readyState !== 'open') throw new Error('InvalidStateError');
    const copy = typeof message === 'string' ? message : Uint8Array.from(message);
    this.sent.push(copy);
    this.#queue.push(copy);
    this.bufferedAmount += copy.length;
    this.highest = Math.max(this.highest, this.bufferedAmount);
    setImmediate(() => this.#deliver());
  }

  /** Both ends are open. */
  open(): void {
    for (const end of [this, this.other]) {
      if (end) end.readyState = 'open';
      end?.fire('open');
    }
  }

  /** Nothing that this end sends arrives until `resume`: the network is interrupted. */
  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (let count = this.#queue.length; count > 0; count -= 1) setImmediate(() => this.#deliver());
  }

  /** Closes both ends, as a data channel does; what is buffered is lost. */
  close(): void {
    for (const end of [this, this.other]) if (end) setImmediate(() => end.#close());
  }

  /** The bytes of the binary messages that this end has sent. */
  get dataBytes(): number {
    return this.sent.reduce((sum, message) => sum + (typeof message === 'string' ? 0 : message.length), 0);
  }

  #close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.fire('close');
  }

  #deliver(): void {
    if (this.#isPaused || this.readyState === 'closed') return;
    const message = this.#queue.shift();
    if (message === undefined) return;
    const before = this.bufferedAmount;
    this.bufferedAmount -= message.length;
    const changed = this.change(message);
    // A browser delivers an ArrayBuffer.
    if (changed !== undefined)
      this.other?.fire('message', { data: typeof changed === 'string' ? changed : changed.buffer });
    const isLow = this.bufferedAmount <= this.bufferedAmountLowThreshold;
    if (isLow && before > this.bufferedAmountLowThreshold) this.fire('bufferedamountlow');
  }
}

/** Two linked ends of a data channel that is not open. */
export function linkedChannels(label = 'file'): readonly [LinkedChannel, LinkedChannel] {
  const ends = [new LinkedChannel(label), new LinkedChannel(label)] as const;
  [ends[0].other, ends[1].other] = [ends[1], ends[0]];
  return ends;
}
