import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { PROOF_SUBPROTOCOL } from '@white-rabbit/protocol';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

/** The fault of a relay, which forwards everything else unchanged. */
export interface Fault {
  /** Returns the frames that the client receives instead of a frame of the server. */
  readonly down?: (text: string) => readonly string[];
  /** Returns the close code that the client receives instead of that of the server. */
  readonly close?: (code: number) => number;
}

/** What a conforming server selects. */
function proofOrFirst(offered: ReadonlySet<string>): string {
  return offered.has(PROOF_SUBPROTOCOL) ? PROOF_SUBPROTOCOL : ([...offered][0] ?? '');
}

/** A relay in front of a conforming server. The relay violates the protocol. */
export class BrokenRelay {
  readonly #server: WebSocketServer;
  readonly #fault: Fault;
  readonly #upstream: string;

  private constructor(server: WebSocketServer, upstream: string, fault: Fault) {
    this.#server = server;
    this.#upstream = upstream;
    this.#fault = fault;
    server.on('connection', (client, { headers }) => {
      this.#relay(client, headers['sec-websocket-protocol']?.split(/\s*,\s*/) ?? [], headers.host ?? '');
    });
  }

  static async start(upstream: string, fault: Fault): Promise<BrokenRelay> {
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, handleProtocols: proofOrFirst });
    await once(server, 'listening');
    return new BrokenRelay(server, upstream, fault);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws`;
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #relay(client: WebSocket, protocols: string[], host: string): void {
    // The server sees the host that the client has dialled, which the client signs.
    const server = new WebSocket(this.#upstream, protocols, { perMessageDeflate: false, headers: { host } });
    const early: string[] = [];
    server.on('open', () => {
      for (const text of early) server.send(text);
    });
    client.on('message', (raw) => {
      if (server.readyState === WebSocket.CONNECTING) early.push(textOf(raw));
      else server.send(textOf(raw));
    });
    server.on('message', (raw) => {
      for (const text of this.#fault.down?.(textOf(raw)) ?? [textOf(raw)]) client.send(text);
    });
    server.on('close', (code) => {
      client.close(this.#fault.close?.(code) ?? code);
    });
    server.on('error', () => {
      client.terminate();
    });
    client.on('close', () => {
      server.terminate();
    });
  }
}

function textOf(raw: RawData): string {
  return Buffer.isBuffer(raw) ? raw.toString('utf8') : '';
}
