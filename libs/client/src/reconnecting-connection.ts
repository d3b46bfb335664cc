import type { ClientEventName } from '@white-rabbit/protocol';
import { checkedSocketClass, checkedUrls, type ConnectOptions } from './connect-options.js';
import type { ConnectionState } from './connection-state.js';
import type { Sent, ServerFrame } from './frame.js';
import { failure, type RequestResult } from './outcome.js';
import { afterClose, backOffMs, type Closed } from './reconnect.js';
import type { PeerKey } from './peer-key.js';
import { createProof } from './register-proof.js';
import { ServerConnection } from './server-connection.js';
import type { Socket, SocketClass } from './socket.js';
import { WIRE } from './wire.js';

/** Callbacks of a reconnecting connection. */
export interface ReconnectingConnectionHandlers {
  readonly onState: (state: ConnectionState) => void;
  readonly onFrame: (frame: ServerFrame) => void;
}

/** Time limit from creating a socket to `registered`. The server allows 10 s after the socket opened. */
const REGISTERED_WITHIN_MS = 15_000;
/** A registered connection that lasted this long was stable: its loss resets the back-off. */
const STABLE_MS = 10_000;

/** Opens a connection, registers, and reconnects after a loss as docs/protocol.md, section 6, allows. */
export class ReconnectingConnection {
  readonly #urls: readonly string[];
  readonly #socketClass: SocketClass;
  readonly #peerKey: PeerKey | undefined;
  readonly #registration: () => Sent<'register'>;
  readonly #handlers: ReconnectingConnectionHandlers;
  #state: ConnectionState = { name: 'connecting' };
  #connection: ServerConnection | undefined;
  /** The position of the current address. */
  #at = 0;
  /** Consecutive failed attempts. */
  #failures = 0;
  #isStable = false;
  /** The error with which the server refused `register`. */
  #refusal: Pick<ServerFrame<'error'>['data'], 'code' | 'message'> | undefined;
  /** The only timer: until registered, until stable, or until the next attempt. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param registration called before every `register`, because contacts can change.
   * @throws TypeError if the options are invalid.
   */
  constructor(options: ConnectOptions, registration: () => Sent<'register'>, handlers: ReconnectingConnectionHandlers) {
    this.#urls = checkedUrls(options.url);
    this.#socketClass = checkedSocketClass(options.webSocket);
    this.#peerKey = options.peerKey;
    this.#registration = registration;
    this.#handlers = handlers;
    this.#open();
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get #isEnded(): boolean {
    return this.#state.name === 'ended';
  }

  /** Sends an event with a `ref`. Fails with `disconnected` unless registered. Never rejects. */
  request<E extends ClientEventName>(event: E, data: Sent<E>): Promise<RequestResult> {
    if (this.#state.name !== 'online' || !this.#connection) return Promise.resolve(failure('disconnected'));
    return this.#connection.request(event, data);
  }

  /** Resolves when the server has shown that the connection works, or when the connection was dropped. Never rejects. */
  async probe(): Promise<void> {
    if (this.#state.name === 'online') await this.#connection?.probe();
  }

  /** Closes the connection permanently. */
  close(): void {
    if (this.#isEnded) return;
    const connection = this.#connection;
    this.#end({ code: 1000, reason: 'closed by this side' });
    connection?.close();
  }

  #open(): void {
    this.#refusal = undefined;
    this.#isStable = false;
    this.#enter({ name: 'connecting' });
    // A listener has closed it.
    if (this.#isEnded) return;
    const url = this.#urls[this.#at] ?? '';
    const socket = this.#createSocket(url);
    if (typeof socket === 'string') {
      this.#onClosed({ code: 1006, reason: socket });
      return;
    }
    const connection = new ServerConnection(socket, {
      // With proof, the server speaks first.
      onOpen: () => socket.protocol === WIRE.proofSubprotocol || connection.send('register', this.#registration()),
      onFrame: (frame) => {
        if (frame.event === 'challenge') void this.#prove(connection, url, frame.data.nonce);
        else this.#onFrame(frame);
      },
      onClosed: (closed) => this.#onClosed(closed),
    });
    this.#connection = connection;
    this.#in(REGISTERED_WITHIN_MS, () => connection.drop('the server did not answer register in time'));
  }

  /** A new socket, or an error message: a browser throws if a page with TLS connects to a server without. */
  #createSocket(url: string): Socket | string {
    try {
      return new this.#socketClass(url, this.#peerKey ? [WIRE.proofSubprotocol, WIRE.subprotocol] : [WIRE.subprotocol]);
    } catch (fault) {
      return fault instanceof Error ? fault.message : String(fault);
    }
  }

  /** Registers with a proof of the key. A server that did not select the subprotocol with proof sends no challenge. */
  async #prove(connection: ServerConnection, url: string, nonce: string): Promise<void> {
    if (!this.#peerKey) return;
    const data = this.#registration();
    const proof = await createProof(this.#peerKey, { url, nonce, register: data });
    if (proof) connection.send('register', { ...data, proof });
    else connection.drop('the server sent a malformed challenge');
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'registered') {
      this.#in(STABLE_MS, () => (this.#isStable = true));
      this.#enter({ name: 'online' });
    }
    if (frame.event === 'error' && frame.data.event === 'register') this.#refusal = frame.data;
    this.#handlers.onFrame(frame);
  }

  #onClosed({ code, reason }: Closed): void {
    if (this.#isEnded) return;
    const why = { code, reason, ...(this.#refusal && { reason: this.#refusal.message, error: this.#refusal.code }) };
    const next = afterClose({ code, reason });
    if (!next.again) {
      this.#end(why);
      return;
    }
    this.#failures = this.#isStable ? 0 : this.#failures + 1;
    // The first address is preferred, unless it failed or is that of a gateway that restarts.
    this.#at = this.#isStable && !next.atOnce ? 0 : (this.#at + 1) % this.#urls.length;
    // The back-off grows only after all addresses have failed.
    const pauseMs = next.atOnce && this.#isStable ? 0 : backOffMs(Math.floor(this.#failures / this.#urls.length));
    this.#wait(next.notBeforeMs + pauseMs, why);
  }

  #wait(retryInMs: number, why: Closed): void {
    this.#connection = undefined;
    this.#in(retryInMs, () => this.#open());
    this.#enter({ name: 'waiting', retryInMs: Math.round(retryInMs), why });
  }

  #end(why: Closed): void {
    clearTimeout(this.#timer);
    this.#connection = undefined;
    this.#enter({ name: 'ended', why });
  }

  #enter(state: ConnectionState): void {
    this.#state = state;
    this.#handlers.onState(state);
  }

  #in(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
