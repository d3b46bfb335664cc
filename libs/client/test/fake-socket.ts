import type { ClientEventName } from '@white-rabbit/protocol';
import type { Socket } from '../src/socket.js';

/** A frame as it was sent. */
export interface SentFrame {
  readonly event: ClientEventName;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ref?: string;
}

/** Listeners of a socket, whatever their event. */
type AnyListener = (event: { data: unknown; code: number; reason: string }) => void;

/** A WebSocket whose other end is the test. */
export class FakeSocket implements Socket {
  /** All sockets opened since `reset`, the oldest first. */
  static all: FakeSocket[] = [];
  readyState = 0;
  readonly sent: SentFrame[] = [];
  readonly url: string;
  readonly protocol: string;
  closedWith: number | undefined;
  readonly #listeners = new Map<string, AnyListener[]>();

  constructor(url: string, protocol: string) {
    this.url = url;
    this.protocol = protocol;
    FakeSocket.all.push(this);
  }

  static reset(): void {
    FakeSocket.all = [];
  }

  /** The newest. */
  static get last(): FakeSocket {
    const socket = FakeSocket.all.at(-1);
    if (!socket) throw new Error('No socket was opened.');
    return socket;
  }

  addEventListener(type: string, listener: AnyListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    // What this very package encodes.
    this.sent.push(JSON.parse(text) as SentFrame);
  }

  close(code = 1005): void {
    this.readyState = 3;
    this.closedWith = code;
  }

  /** The server's side opens. */
  open(): this {
    this.readyState = 1;
    this.#tell('open');
    return this;
  }

  /** The server's side opens and takes the registration. */
  register(): this {
    this.open();
    this.say('registered', { peer_id: 'peer-alice', session_id: 'session-1', region: '' });
    return this;
  }

  /** A frame of the server. */
  say(event: string, data: object = {}, ref?: string): void {
    this.text(JSON.stringify({ event, data, ref }));
  }

  /** Any text of the server. */
  text(data: unknown): void {
    this.#tell('message', { data });
  }

  /** The server acks the last frame of that event. */
  ack(event: ClientEventName, data: object = {}): void {
    this.say('ack', data, this.lastOf(event).ref);
  }

  /** The server answers the last frame of that event with an error. */
  refuse(event: ClientEventName, code: string, more: object = {}): void {
    this.say('error', { code, message: 'because', event, ...more }, this.lastOf(event).ref);
  }

  /** The server's side is gone. */
  end(code: number, reason = ''): void {
    this.readyState = 3;
    this.#tell('close', { code, reason });
  }

  /** The last frame of that event sent here. */
  lastOf(event: ClientEventName): SentFrame {
    const frame = this.sent.findLast((sent) => sent.event === event);
    if (!frame) throw new Error(`No ${event} was sent.`);
    return frame;
  }

  /** How many frames of that event were sent here. */
  countOf(event: ClientEventName): number {
    return this.sent.filter((sent) => sent.event === event).length;
  }

  #tell(type: string, event: { data?: unknown; code?: number; reason?: string } = {}): void {
    const { data, code = 0, reason = '' } = event;
    for (const listener of this.#listeners.get(type) ?? []) listener({ data, code, reason });
  }
}
