import { SUBPROTOCOL } from '@white-rabbit/protocol';
import { readServerFrame, type ServerFrame } from '@white-rabbit/testing';
import { WebSocket, type RawData } from 'ws';

/** Receives what happens on a connection. */
export interface ConnectionHandler {
  opened(): void;
  received(frame: ServerFrame): void;
  /** The server sent what the protocol does not allow. */
  malformed(text: string): void;
  /** Called once. `retryAfterMs`: what the server asked for, in its close reason or in the refusal of the upgrade. */
  ended(code: number, retryAfterMs: number): void;
}

/** One WebSocket of a simulated client. Answers heartbeats by itself. */
export class ClientConnection {
  readonly #socket: WebSocket;
  #isOver = false;

  constructor(url: string, handler: ConnectionHandler) {
    this.#socket = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false });
    let retryAfterMs = 0;
    const end = (code: number, reason = '') => {
      if (this.#isOver) return;
      this.#isOver = true;
      handler.ended(code, Number(/^retry_after_ms=(\d+)$/.exec(reason)?.[1] ?? retryAfterMs));
    };
    this.#socket.on('open', () => handler.opened());
    this.#socket.on('message', (raw) => {
      if (!this.#isOver) this.#onMessage(raw, handler);
    });
    this.#socket.on('unexpected-response', (_, response) => {
      retryAfterMs = Number(response.headers['retry-after'] ?? 0) * 1000;
      response.destroy();
      end(response.statusCode ?? 0);
    });
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', (code, reason) => end(code, reason.toString()));
  }

  get isOpen(): boolean {
    return !this.#isOver && this.#socket.readyState === WebSocket.OPEN;
  }

  send(event: string, data: object, ref?: string): void {
    this.#socket.send(JSON.stringify({ event, data, ...(ref !== undefined && { ref }) }));
  }

  /** Sends a Close frame; what arrives after that still counts until the connection has ended. */
  close(): void {
    this.#socket.close(1000);
  }

  /** Ends the TCP connection without a Close frame. */
  terminate(): void {
    this.#socket.terminate();
  }

  #onMessage(raw: RawData, handler: ConnectionHandler): void {
    let frame: ServerFrame;
    try {
      frame = readServerFrame((raw as Buffer).toString('utf8'));
    } catch (violation) {
      handler.malformed(String(violation));
      return;
    }
    if (frame.event === 'heartbeat' && !frame.data.ack) this.send('heartbeat', { ack: true });
    else handler.received(frame);
  }
}
