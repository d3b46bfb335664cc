import { randomBytes } from 'node:crypto';
import { SUBPROTOCOL, type ServerEventName } from '@white-rabbit/protocol';
import { WebSocket, type ClientOptions, type RawData } from 'ws';
import { FrameInbox } from './frame-inbox.js';
import { readServerFrame, type ServerFrame } from './server-frame.js';
import { within } from './within.js';

/** How a socket was closed. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** `data` of `register`, with anything a test wants to try. */
export interface Registration {
  readonly license_key: string;
  readonly device_id: string;
  readonly peer_id: string;
  readonly contacts?: readonly string[];
}

/** How to open a socket. */
export interface ConnectOptions {
  /** Subprotocols offered; `white-rabbit.v1` unless told. */
  readonly protocols?: readonly string[];
  /** Answer the server's `heartbeat` by itself and never show it. `true` unless told. */
  readonly answerHeartbeats?: boolean;
  /** More for ws: headers, a certificate to trust. */
  readonly socket?: ClientOptions;
}

/** An event or an outcome is awaited this long unless told: PROTOCOL.md's own time limit, with room. Milliseconds. */
export const PATIENCE_MS = 6_000;

/**
 * A client that says exactly what a test tells it, and holds every frame of the server against the protocol: a
 * malformed one fails whatever the test waits for next.
 */
export class TestClient {
  readonly socket: WebSocket;
  readonly #inbox = new FrameInbox();
  readonly #closed: Promise<Closed>;
  readonly #answerHeartbeats: boolean;

  constructor(url: string, options: ConnectOptions = {}) {
    this.#answerHeartbeats = options.answerHeartbeats ?? true;
    this.socket = new WebSocket(url, [...(options.protocols ?? [SUBPROTOCOL])], {
      perMessageDeflate: false,
      ...options.socket,
    });
    this.socket.on('message', (raw, binary) => {
      this.#onMessage(raw, binary);
    });
    this.#closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        this.#inbox.fail(new Error(`the socket was closed with ${code} ${reason.toString()}`));
        resolve({ code, reason: reason.toString() });
      });
    });
    // Told by `close` (1006); an upgrade that fails is told by `opened`.
    this.socket.on('error', () => undefined);
  }

  /** Frames of the server that nobody took yet, in order. */
  get unread(): readonly ServerFrame[] {
    return this.#inbox.unread;
  }

  /** Resolves with itself once the socket is open. @throws Error with the HTTP status where the upgrade was refused. */
  async opened(deadlineMs = PATIENCE_MS): Promise<this> {
    if (this.socket.readyState === WebSocket.OPEN) return this;
    const open = new Promise<this>((resolve, reject) => {
      this.socket.once('open', () => {
        resolve(this);
      });
      this.socket.once('error', reject);
    });
    return within('the socket is open', deadlineMs, open);
  }

  /** Sends an event, with a `ref` where one is given. */
  send(event: string, data?: object, ref?: string): void {
    this.sendRaw(JSON.stringify({ event, ...(data && { data }), ...(ref !== undefined && { ref }) }));
  }

  /** Sends these characters as a text frame, or these bytes as a binary one. */
  sendRaw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The next unread event of that name. @throws Error listing what came instead, after the deadline. */
  async next<E extends ServerEventName>(event: E, deadlineMs = PATIENCE_MS): Promise<ServerFrame<E>> {
    // The name decides the shape: what the types cannot follow.
    return (await this.nextWhere(`'${event}'`, (frame) => frame.event === event, deadlineMs)) as ServerFrame<E>;
  }

  /** The next unread frame for which `wants` holds; `what` names it where none comes. */
  nextWhere(what: string, wants: (frame: ServerFrame) => boolean, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    return this.#inbox.take(what, wants, deadlineMs);
  }

  /** Sends an event with a new `ref` and resolves with the frame that carries it back. */
  async ask(event: string, data?: object, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    const ref = randomBytes(8).toString('hex');
    this.send(event, data, ref);
    return this.answer(ref, `answer to '${event}'`, deadlineMs);
  }

  /** The frame that carries this `ref`. */
  answer(ref: string, what = `answer with ref '${ref}'`, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    return this.#inbox.take(what, (frame) => frame.ref === ref, deadlineMs);
  }

  /**
   * Registers, and resolves with the answer. The first `presence` of its contacts stays unread.
   *
   * @throws Error with the server's error where the registration is refused.
   */
  async register(registration: Registration): Promise<ServerFrame<'registered'>> {
    const { license_key, device_id, peer_id, contacts } = registration;
    const answer = await this.ask('register', { license_key, device_id, peer_id, ...(contacts && { contacts }) });
    if (answer.event !== 'registered') throw new Error(`register was answered ${answer.text}`);
    return answer;
  }

  /**
   * Fails when an event of that name is unread once the server has answered everything sent so far. It proves
   * nothing about what another gateway still has under way: let that gateway's client do its round trip first.
   */
  async expectNothing(...events: readonly ServerEventName[]): Promise<void> {
    await this.roundTrip();
    const unexpected = this.unread.filter((frame) => events.includes(frame.event));
    if (unexpected.length > 0) throw new Error(`unexpected: ${unexpected.map((frame) => frame.text).join(' ')}`);
  }

  /** Resolves once the server has handled all that was sent before: frames of one socket are handled in order. */
  async roundTrip(): Promise<void> {
    await this.ask('heartbeat', {});
  }

  /** Resolves when the socket was closed, by either side. */
  closed(deadlineMs = PATIENCE_MS): Promise<Closed> {
    return within('the socket is closed', deadlineMs, this.#closed);
  }

  /** Closes the socket and resolves once it is. */
  async close(): Promise<Closed> {
    this.socket.close(1000);
    // A gateway that stands still answers no close; nobody waits for it.
    const impatient = setTimeout(() => {
      this.socket.terminate();
    }, 2_000);
    const closed = await this.#closed;
    clearTimeout(impatient);
    return closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #onMessage(raw: RawData, binary: boolean): void {
    try {
      if (binary) throw new Error('the server sent a binary frame');
      this.#onFrame(readServerFrame(text(raw)));
    } catch (violation) {
      this.#inbox.fail(violation instanceof Error ? violation : new Error(String(violation)));
    }
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'heartbeat' && !frame.data.ack && this.#answerHeartbeats) {
      this.send('heartbeat', { ack: true });
      return;
    }
    this.#inbox.push(frame);
  }
}

/** Opens a socket and resolves with the client that holds it. */
export function connect(url: string, options: ConnectOptions = {}): Promise<TestClient> {
  return new TestClient(url, options).opened();
}

function text(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString('utf8');
  return Buffer.isBuffer(raw) ? raw.toString('utf8') : Buffer.from(raw).toString('utf8');
}
