import type { ClientEventName } from '@white-rabbit/protocol';
import { decodeFrame, encodeFrame, type Sent, type ServerFrame } from './frame.js';
import { failure, type RequestResult } from './outcome.js';
import type { Closed } from './reconnect.js';
import { Requests } from './requests.js';
import { SilenceWatch } from './silence-watch.js';
import { OPEN, type Socket } from './socket.js';
import { WIRE } from './wire.js';

/** A server that answers a probe is reached in this time. Milliseconds. */
const PROBE_MS = 3_000;

/** Callbacks of a connection. */
export interface ServerConnectionHandlers {
  readonly onOpen: () => void;
  /** Receives every frame except heartbeats, in order. */
  readonly onFrame: (frame: ServerFrame) => void;
  /** Called once, as the last callback. */
  readonly onClosed: (closed: Closed) => void;
}

/** One WebSocket to the server: encodes and decodes frames, matches responses to requests, answers heartbeats. */
export class ServerConnection {
  readonly #socket: Socket;
  readonly #handlers: ServerConnectionHandlers;
  readonly #requests = new Requests();
  readonly #silence = new SilenceWatch({
    probeAfterMs: WIRE.heartbeatIntervalMs,
    deadAfterMs: WIRE.heartbeatTimeoutMs,
    probe: () => this.send('heartbeat', {}),
    dead: () => this.drop('the server sent nothing in time'),
  });
  #probes: (() => void)[] = [];
  #isOver = false;

  constructor(socket: Socket, handlers: ServerConnectionHandlers) {
    this.#socket = socket;
    this.#handlers = handlers;
    socket.addEventListener('open', () => this.#onOpen());
    socket.addEventListener('message', ({ data }) => this.#onText(data));
    socket.addEventListener('close', ({ code, reason }) => this.#end({ code, reason }));
    // `close` follows, with all details that a browser reveals.
    socket.addEventListener('error', () => undefined);
  }

  /** Sends an event with a `ref` and resolves with the server's response. Never rejects. */
  request<E extends ClientEventName>(event: E, data: Sent<E>): Promise<RequestResult> {
    if (this.#isOver || this.#socket.readyState !== OPEN) return Promise.resolve(failure('disconnected'));
    const result = this.#requests.start((ref) => this.#socket.send(encodeFrame(event, data, ref)));
    // The server answers every request within 5 s: it is frozen, or its network is.
    void result.then((given) => {
      if (!given.ok && given.code === 'no_answer') void this.probe();
    });
    return result;
  }

  /** Resolves when the server has sent anything, or after the connection was dropped because it has not. Never rejects. */
  async probe(): Promise<void> {
    if (this.#isOver) return;
    // One that is pending keeps its time.
    if (this.#probes.length === 0) this.#silence.probe(PROBE_MS);
    await new Promise<void>((resolve) => this.#probes.push(resolve));
  }

  /** Sends an event without a `ref`. Dropped if the connection is not open. */
  send<E extends ClientEventName>(event: E, data: Sent<E>): void {
    if (!this.#isOver && this.#socket.readyState === OPEN) this.#socket.send(encodeFrame(event, data));
  }

  /** Closes the connection with 1000. */
  close(): void {
    this.#socket.close(1000);
    this.#end({ code: 1000, reason: 'closed by this side' });
  }

  /** Drops the connection at once, without waiting for the server's close frame. */
  drop(reason: string): void {
    this.#socket.close();
    this.#end({ code: 1006, reason });
  }

  #onOpen(): void {
    if (this.#isOver) return;
    this.#silence.reset();
    this.#handlers.onOpen();
  }

  #onText(text: unknown): void {
    if (this.#isOver) return;
    this.#silence.reset();
    this.#endProbes();
    const frame = decodeFrame(text);
    if (!frame) return;
    if (frame.event === 'heartbeat' && !frame.data.ack) this.send('heartbeat', { ack: true });
    this.#requests.onFrame(frame);
    if (frame.event !== 'heartbeat') this.#handlers.onFrame(frame);
  }

  #end(closed: Closed): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#silence.stop();
    this.#endProbes();
    this.#requests.end();
    this.#handlers.onClosed(closed);
  }

  #endProbes(): void {
    for (const resolve of this.#probes.splice(0)) resolve();
  }
}
