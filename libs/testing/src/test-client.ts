import { randomBytes } from 'node:crypto';
import { SUBPROTOCOL, type ServerEventName } from '@white-rabbit/protocol';
import { WebSocket, type ClientOptions, type RawData } from 'ws';

import { FrameInbox } from './frame-inbox.js';
import { readServerFrame, type ServerFrame } from './server-frame.js';
import type { Registration } from './registration.js';
import { within } from './within.js';

/** How a socket was closed. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** How to open a socket. */
export interface ConnectOptions {
  /** Subprotocols offered; default: `white-rabbit.v1`. */
  readonly protocols?: readonly string[];
  /** Answers the server's `heartbeat` automatically and hides it from the test. Default: `true`. */
  readonly answerHeartbeats?: boolean;
  /** Further options for ws: headers, a certificate to trust. */
  readonly socket?: ClientOptions;
}

/** Default time to wait for an event or an outcome: the time limit of the protocol with a margin. Milliseconds. */
export const PATIENCE_MS = 6_000;

/**
 * A client that sends exactly what a test requests, and validates every frame of the server against the protocol:
 * after a malformed frame the next wait fails, whatever it waits for.
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
    // `close` (1006) reports the error; `opened` reports a failed upgrade.
    this.socket.on('error', () => undefined);
  }

  /** Unread frames of the server, in order. */
  get unread(): readonly ServerFrame[] {
    return this.#inbox.unread;
  }

  /** Resolves with itself once the socket is open. @throws Error with the HTTP status if the upgrade was refused. */
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

  /** Sends an event, with a `ref` if one is given. */
  send(event: string, data?: object, ref?: string): void {
    this.sendRaw(JSON.stringify({ event, ...(data && { data }), ...(ref !== undefined && { ref }) }));
  }

  /** Sends this string as a text frame, or these bytes as a binary one. */
  sendRaw(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The next unread event of that name. @throws Error listing the other frames that came, after the deadline. */
  async next<E extends ServerEventName>(event: E, deadlineMs = PATIENCE_MS): Promise<ServerFrame<E>> {
    // The name determines the shape; the types cannot express that.
    return (await this.nextWhere(`'${event}'`, (frame) => frame.event === event, deadlineMs)) as ServerFrame<E>;
  }

  /** The next unread frame for which `wants` holds; `what` names it in the error if none comes. */
  nextWhere(what: string, wants: (frame: ServerFrame) => boolean, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    return this.#inbox.take(what, wants, deadlineMs);
  }

  /** Sends an event with a new `ref` and resolves with the frame that contains the same `ref`. */
  async ask(event: string, data?: object, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    const ref = randomBytes(8).toString('hex');
    this.send(event, data, ref);
    return this.answer(ref, `answer to '${event}'`, deadlineMs);
  }

  /** The frame that contains this `ref`. */
  answer(ref: string, what = `answer with ref '${ref}'`, deadlineMs = PATIENCE_MS): Promise<ServerFrame> {
    return this.#inbox.take(what, (frame) => frame.ref === ref, deadlineMs);
  }

  /**
   * Registers, and resolves with the answer. The first `presence` of its contacts stays unread.
   *
   * @throws Error with the server's error if the registration is refused.
   */
  async register(registration: Registration): Promise<ServerFrame<'registered'>> {
    const { license_key, device_id, peer_id, contacts, transfer, proof } = registration;
    const optional = { ...(contacts && { contacts }), ...(transfer && { transfer }), ...(proof && { proof }) };
    const answer = await this.ask('register', { license_key, device_id, peer_id, ...optional });
    if (answer.event !== 'registered') throw new Error(`register was answered ${answer.text}`);
    return answer;
  }

  /**
   * Fails if an event of that name is unread once the server has answered everything sent so far. It proves nothing
   * about messages that another gateway has in transit: let that gateway's client do a round trip first.
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

  /** Closes the socket and resolves once it is closed. */
  async close(): Promise<Closed> {
    this.socket.close(1000);
    // A suspended gateway does not answer a close, so the client does not wait for it.
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

/** Opens a socket and resolves with its client. */
export function connect(url: string, options: ConnectOptions = {}): Promise<TestClient> {
  return new TestClient(url, options).opened();
}

function text(raw: RawData): string {
  if (Array.isArray(raw)) return Buffer.concat(raw).toString('utf8');
  return Buffer.isBuffer(raw) ? raw.toString('utf8') : Buffer.from(raw).toString('utf8');
}
