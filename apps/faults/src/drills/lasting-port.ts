import { createServer } from 'node:net';

/** Below the ports that operating systems give to outgoing connections (Linux: from 32768). */
const FIRST = 18_000;
const COUNT = 14_000;
const TRIES = 50;

/**
 * A TCP port of loopback that is free now, and that no outgoing connection takes while its server is stopped. For
 * servers that end and start again at the same port.
 */
export async function lastingPort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No port from ${FIRST} to ${FIRST + COUNT} is free.`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
