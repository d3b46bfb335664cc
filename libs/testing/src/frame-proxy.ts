import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

/** A frame on its way. */
export interface RelayedFrame {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
  readonly ref?: string;
}

/** Where a frame is on its way. */
export interface Passage {
  readonly to: 'server' | 'client';
  /** The number of the client's connection: 0, 1, … in the order in which they were opened. */
  readonly connection: number;
  /** Sends a frame of the proxy's own. */
  readonly send: (to: 'server' | 'client', frame: RelayedFrame) => void;
}

/** What the proxy relays instead of a frame: nothing, the frame itself, or other frames. */
export type Rewrite = (frame: RelayedFrame, passage: Passage) => readonly RelayedFrame[];

/**
 * A hostile gateway for tests: a WebSocket proxy on loopback in front of a real gateway that reads and rewrites every frame.
 * Clients connect with what they would send to the gateway; the gateway sees their `Host`.
 */
export class FrameProxy {
  /** Set by the test; relays everything unchanged at first. */
  rewrite: Rewrite = (frame) => [frame];
  readonly #target: string;
  readonly #server: Server = createServer();
  readonly #sockets = new Set<WebSocket>();
  #connections = 0;

  private constructor(target: string) {
    this.#target = target;
    this.#server.on('upgrade', (request, socket, head) => void this.#onUpgrade(request, socket, head));
  }

  /** Listens on a free port. @param target the `ws:` address of the gateway. */
  static async start(target: string): Promise<FrameProxy> {
    const proxy = new FrameProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The address for clients. */
  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws`;
  }

  /** Cuts all connections and stops listening. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on('error', () => socket.destroy());
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
    const server = this.#keep(
      new WebSocket(this.#target, offered.filter(Boolean), { headers: { host: request.headers.host ?? '' } }),
    );
    server.on('error', () => socket.destroy());
    // The server may speak first, and the client is not there yet. After `await` it would be too late.
    server.once('open', () => server.pause());
    await once(server, 'open');
    const upgrade = new WebSocketServer({ noServer: true, handleProtocols: () => server.protocol || false });
    upgrade.handleUpgrade(request, socket, head, (client) => {
      this.#relay(this.#keep(client), server);
      server.resume();
    });
  }

  #relay(client: WebSocket, server: WebSocket): void {
    const connection = this.#connections;
    this.#connections += 1;
    const ends = { client, server };
    const send: Passage['send'] = (to, frame) => ends[to].send(JSON.stringify(frame));
    const pass = (to: 'client' | 'server') => (raw: RawData) => {
      // Cast: both sides write frames of the protocol.
      const frame = JSON.parse((raw as Buffer).toString()) as RelayedFrame;
      for (const relayed of this.rewrite(frame, { to, connection, send })) send(to, relayed);
    };
    client.on('message', pass('server'));
    server.on('message', pass('client'));
    client.on('close', () => server.terminate());
    server.on('close', (code, reason) => {
      // 1005 and 1006 stand for a missing Close frame; no end may send them.
      if (code === 1005 || code === 1006) client.terminate();
      else client.close(code, reason);
    });
  }

  #keep(socket: WebSocket): WebSocket {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
    return socket;
  }
}
