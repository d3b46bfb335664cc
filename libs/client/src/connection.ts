import type { ClientEventName } from '@white-rabbit/protocol';
import type { Closed } from './closed.js';
import { decodeFrame, encodeFrame, type Sent, type ServerFrame } from './frame.js';
import { failure, type Answer } from './outcome.js';
import { Requests } from './requests.js';
import { SilenceWatch } from './silence-watch.js';
import { OPEN, type Socket } from './socket.js';

/** What a connection tells its owner. */
export interface ConnectionHandlers {
  readonly onOpen: () => void;
  /** Every frame but heartbeats, in order. */
  readonly onFrame: (frame: ServerFrame) => void;
  /** Once, and nothing after it. */
  readonly onClosed: (closed: Closed) => void;
}

/** One WebSocket from its opening to its end: frames, answers, heartbeats. */
export class Connection {
  readonly #socket: Socket;
  readonly #handlers: ConnectionHandlers;
  readonly #requests = new Requests();
  readonly #silence = new SilenceWatch({
    probe: () => this.send('heartbeat', {}),
    dead: () => this.drop('nothing was heard from the server'),
  });
  #over = false;

  constructor(socket: Socket, handlers: ConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.addEventListener('open', () => this.#onOpen());
    socket.addEventListener('message', ({ data }) => this.#onText(data));
    socket.addEventListener('close', ({ code, reason }) => this.#end({ code, reason }));
    // `close` follows and says as much as a browser lets on.
    socket.addEventListener('error', () => undefined);
  }

  /** Sends an event and resolves with what the server makes of it. Never rejects. */
  ask<E extends ClientEventName>(event: E, data: Sent<E>): Promise<Answer> {
    if (this.#over || this.#socket.readyState !== OPEN) return Promise.resolve(failure('disconnected'));
    return this.#requests.ask((ref) => this.#socket.send(encodeFrame(event, data, ref)));
  }

  /** Sends an event that needs no answer. Lost where the connection is not open. */
  send<E extends ClientEventName>(event: E, data: Sent<E>): void {
    if (!this.#over && this.#socket.readyState === OPEN) this.#socket.send(encodeFrame(event, data));
  }

  /** Says goodbye. */
  close(): void {
    this.#socket.close(1000);
    this.#end({ code: 1000, reason: 'closed by this side' });
  }

  /** Gives up on a server that does not react; nobody waits for its farewell. */
  drop(reason: string): void {
    this.#socket.close();
    this.#end({ code: 1006, reason });
  }

  #onOpen(): void {
    if (this.#over) return;
    this.#silence.heard();
    this.#handlers.onOpen();
  }

  #onText(text: unknown): void {
    if (this.#over) return;
    this.#silence.heard();
    const frame = decodeFrame(text);
    if (!frame) return;
    if (frame.event === 'heartbeat' && !frame.data.ack) this.send('heartbeat', { ack: true });
    this.#requests.onFrame(frame);
    if (frame.event !== 'heartbeat') this.#handlers.onFrame(frame);
  }

  #end(closed: Closed): void {
    if (this.#over) return;
    this.#over = true;
    this.#silence.stop();
    this.#requests.end();
    this.#handlers.onClosed(closed);
  }
}
