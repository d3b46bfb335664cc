import { eventually } from '@white-rabbit/testing';

/** A frame that the client sent. */
interface SentFrame {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly ref?: string;
}

/** A listener of any event of a socket. */
type AnyListener = (event: { data: unknown; code: number; reason: string }) => void;

/** A WebSocket whose server accepts the registration when the test says so, and acks every other request. */
export class FakeServer {
  static #last: FakeServer | undefined;
  readyState = 0;
  readonly protocol = 'white-rabbit.v1';
  readonly sent: SentFrame[] = [];
  readonly #listeners = new Map<string, AnyListener[]>();

  constructor() {
    FakeServer.#last = this;
  }

  /** The server of the newest socket. */
  static get last(): FakeServer {
    if (!FakeServer.#last) throw new Error('No socket was opened.');
    return FakeServer.#last;
  }

  addEventListener(type: string, listener: AnyListener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    // Cast: the client wrote this text.
    const frame = JSON.parse(text) as SentFrame;
    this.sent.push(frame);
    if (frame.event !== 'register') queueMicrotask(() => this.say('ack', {}, frame.ref));
  }

  close(): void {
    this.readyState = 3;
  }

  /** The server accepts the socket and the registration. */
  register(): void {
    this.readyState = 1;
    this.#emit('open');
    this.say('registered', { peer_id: 'peer-of-alice', session_id: 'session-1', region: '' });
  }

  /** The server sends a frame. */
  say(event: string, data: object, ref?: string): void {
    this.#emit('message', JSON.stringify({ event, data, ref }));
  }

  /** A peer calls. */
  ring(peer_id: string, call_id: string): void {
    this.say('ring', { peer_id, call_id });
  }

  /** The data of the next frame of this event that the client sends or has sent. */
  got(event: string): Promise<SentFrame['data']> {
    return eventually(`a ${event}`, () => this.sent.find((frame) => frame.event === event)?.data);
  }

  /** The events of the client's calls, in order. */
  get ofCalls(): readonly string[] {
    return this.sent
      .filter(({ data }) => 'call_id' in data)
      .map(({ event, data }) => `${event} ${String(data['reason'] ?? data['call_id'])}`);
  }

  #emit(type: string, data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data, code: 0, reason: '' });
  }
}
