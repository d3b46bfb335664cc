import type { ClientEventName } from '@white-rabbit/protocol';
import type { Socket } from '../src/socket.js';

/** A frame that the client sent. */
export interface SentFrame {
  readonly event: ClientEventName;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ref?: string;
}

/** A listener of any event of a socket. */
type AnyListener = (event: { data: unknown; code: number; reason: string }) => void;

/** A WebSocket whose server side is the test. */
export class FakeSocket implements Socket {
  /** All sockets opened since `reset`, the oldest first. */
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: SentFrame[] = [];
  readonly url: string;
  readonly offered: readonly string[];
  /** The subprotocol that the server selects. */
  protocol = 'white-rabbit.v1';
  closedWith: number | undefined;
  readonly #listeners = new Map<string, AnyListener[]>();

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.offered = protocols;
    FakeSocket.all.push(this);
  }

  static reset(): void {
    FakeSocket.all = [];
  }

  /** The newest socket. */
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('No socket was opened.');
    return socket;
  }

  addEventListener(type: string, listener: AnyListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    // Cast: encodeFrame wrote this text.
    this.sent.push(JSON.parse(text) as SentFrame);
  }

  close(code = 1005): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  /** The server accepts the socket. */
  open(): this {
    this.readyState = 1;
    this.#emit('open');
    return this;
  }

  /** The server accepts the socket and the registration. */
  register(): this {
    this.open();
    this.say('registered', { peer_id: 'peer-alice', session_id: 'session-1', region: '' });
    return this;
  }

  /** The server sends a frame. */
  say(event: string, data: object = {}, ref?: string): void {
    this.text(JSON.stringify({ event, data, ref }));
  }

  /** The server sends any text. */
  text(data: unknown): void {
    this.#emit('message', { data });
  }

  /** The server acks the last frame of that event. */
  ack(event: ClientEventName, data: object = {}): void {
    this.say('ack', data, this.lastOf(event).ref);
  }

  /** The server answers the last frame of that event with an error. */
  refuse(event: ClientEventName, code: string, more: object = {}): void {
    this.say('error', { code, message: 'because', event, ...more }, this.lastOf(event).ref);
  }

  /** The server closes the socket. */
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.#emit('close', { code, reason });
  }

  /** The last sent frame of this event. */
  lastOf(event: ClientEventName): SentFrame {
    const frame = this.sent.findLast((sent) => sent.event === event);
    if (!frame) throw new Error(`No ${event} was sent.`);
    return frame;
  }

  /** Number of sent frames of this event. */
  countOf(event: ClientEventName): number {
    return this.sent.filter((sent) => sent.event === event).length;
  }

  #emit(type: string, event: { data?: unknown; code?: number; reason?: string } = {}): void {
    const { data, code = 0, reason = '' } = event;
    for (const listener of this.#listeners.get(type) ?? []) listener({ data, code, reason });
  }
}
