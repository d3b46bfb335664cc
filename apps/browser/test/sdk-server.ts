import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join, normalize } from 'node:path';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';

const SDK = join(REPOSITORY_ROOT, 'libs/client/dist');

/** Serves an empty page and the built SDK, which the page can import from `/sdk/index.js`. */
export class SdkServer {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(): Promise<SdkServer> {
    const server = createServer((request, response) => {
      const path = normalize(new URL(request.url ?? '/', 'http://page').pathname);
      if (!path.startsWith('/sdk/')) {
        response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>SDK</title>');
        return;
      }
      readFile(join(SDK, path.slice('/sdk/'.length))).then(
        (file) => response.setHeader('Content-Type', 'text/javascript').end(file),
        () => response.writeHead(404).end(),
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    return new SdkServer(server, `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}/`);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
