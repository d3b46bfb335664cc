import { backOffMs } from './back-off.js';
import { afterClose, type Closed } from './closed.js';
import { checkedSocketClass, checkedUrls, type ConnectOptions } from './connect-options.js';
import { Connection } from './connection.js';
import type { Sent, ServerFrame } from './frame.js';
import { failure, type Answer } from './outcome.js';
import type { Socket, SocketClass } from './socket.js';
import { WIRE } from './wire.js';
import type { ClientEventName } from '@white-rabbit/protocol';

/** Where a client's connection is at. */
export type LineState =
  /** On its way: opening a socket, registering. */
  | { readonly name: 'connecting' }
  /** Registered: calls can be made and come in. */
  | { readonly name: 'online' }
  /** The connection ended with `why` and is tried again after `retryInMs`. */
  | { readonly name: 'waiting'; readonly retryInMs: number; readonly why: Closed }
  /** For good: by `close()` (code 1000), or because the server refused (45xx). A person has to act, then `connect` anew. */
  | { readonly name: 'ended'; readonly why: Closed };

/** What a line tells its owner. */
export interface LineHandlers {
  readonly onState: (state: LineState) => void;
  readonly onFrame: (frame: ServerFrame) => void;
}

/** From the opening of a socket to `registered`. The server itself allows 10 s from the opened socket. */
const REGISTERED_WITHIN_MS = 15_000;
/** A registered connection that held this long was a good one: its loss is no failure, and all begins anew. */
const HELD_MS = 10_000;

/** A connection that comes back: opens, registers, and after a loss tries again as PROTOCOL.md, section 6, allows. */
export class Line {
  readonly #urls: readonly string[];
  readonly #socketClass: SocketClass;
  readonly #registration: () => Sent<'register'>;
  readonly #handlers: LineHandlers;
  #state: LineState = { name: 'connecting' };
  #connection: Connection | undefined;
  /** Attempts in a row that came to nothing. */
  #failures = 0;
  #held = false;
  /** What the server answered `register` with. */
  #refusal: Pick<ServerFrame<'error'>['data'], 'code' | 'message'> | undefined;
  /** The one thing that is waited for: to be registered, to have held, or to try again. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param registration asked at every `register`: contacts may have changed since the last.
   * @throws TypeError where the options cannot work.
   */
  constructor(options: ConnectOptions, registration: () => Sent<'register'>, handlers: LineHandlers) {
    this.#urls = checkedUrls(options.url);
    this.#socketClass = checkedSocketClass(options.webSocket);
    this.#registration = registration;
    this.#handlers = handlers;
    this.#open();
  }

  get state(): LineState {
    return this.#state;
  }

  /** Sends an event once registered. Never rejects. */
  ask<E extends ClientEventName>(event: E, data: Sent<E>): Promise<Answer> {
    if (this.#state.name !== 'online' || !this.#connection) return Promise.resolve(failure('disconnected'));
    return this.#connection.ask(event, data);
  }

  /** Ends it for good. */
  close(): void {
    if (this.#state.name === 'ended') return;
    const connection = this.#connection;
    this.#end({ code: 1000, reason: 'closed by this side' });
    connection?.close();
  }

  #open(): void {
    this.#refusal = undefined;
    this.#held = false;
    this.#enter({ name: 'connecting' });
    const socket = this.#dial(this.#urls[this.#failures % this.#urls.length] ?? '');
    if (typeof socket === 'string') {
      this.#onClosed({ code: 1006, reason: socket });
      return;
    }
    const connection = new Connection(socket, {
      onOpen: () => connection.send('register', this.#registration()),
      onFrame: (frame) => this.#onFrame(frame),
      onClosed: (closed) => this.#onClosed(closed),
    });
    this.#connection = connection;
    this.#in(REGISTERED_WITHIN_MS, () => connection.drop('the server did not take the registration in time'));
  }

  /** A socket on its way, or why there is none: a page with TLS is not let to a server without, and is told at once. */
  #dial(url: string): Socket | string {
    try {
      return new this.#socketClass(url, WIRE.subprotocol);
    } catch (fault) {
      return fault instanceof Error ? fault.message : String(fault);
    }
  }

  #onFrame(frame: ServerFrame): void {
    if (frame.event === 'registered') {
      this.#in(HELD_MS, () => (this.#held = true));
      this.#enter({ name: 'online' });
    }
    if (frame.event === 'error' && frame.data.event === 'register') this.#refusal = frame.data;
    this.#handlers.onFrame(frame);
  }

  #onClosed({ code, reason }: Closed): void {
    if (this.#state.name === 'ended') return;
    const why = { code, reason, ...(this.#refusal && { reason: this.#refusal.message, error: this.#refusal.code }) };
    const next = afterClose({ code, reason });
    if (!next.again) {
      this.#end(why);
      return;
    }
    this.#failures = this.#held ? 0 : this.#failures + 1;
    // The whole list is tried before the pauses grow.
    const pauseMs = next.atOnce && this.#held ? 0 : backOffMs(Math.floor(this.#failures / this.#urls.length));
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

  #enter(state: LineState): void {
    this.#state = state;
    this.#handlers.onState(state);
  }

  #in(delayMs: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, delayMs);
  }
}
