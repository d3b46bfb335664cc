import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** In the place of a gateway: always ready, and refuses every upgrade with 418, to see what a proxy sends it. */
export class EchoGateway {
  /** Headers of the first upgrade. */
  readonly received: Promise<IncomingHttpHeaders>;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.received = new Promise((resolve) => {
      server.on('upgrade', ({ headers }, socket) => {
        resolve(headers);
        socket.on('error', () => undefined);
        socket.end("HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      });
    });
  }

  static async start(): Promise<EchoGateway> {
    const server = createServer((_, answer) => answer.end('ready'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new EchoGateway(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
