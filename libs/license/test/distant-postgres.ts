import { type Socket, connect, createServer } from 'node:net';
import { postgres, teardown } from './license-scene.js';

/** The way to the database of the suite through a network with latency. */
export interface DistantPostgres {
  readonly url: string;
  /** Round trips that were begun, on all connections: a client sends after it has received everything before. */
  readonly roundTrips: number;
  /** Ends all connections. */
  cut(): void;
}

/** A proxy that delays everything by half of `roundTripMs` in each direction. Ends with the test. */
export async function distantPostgres(roundTripMs: number): Promise<DistantPostgres> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;
  const later = (then: () => void) => setTimeout(then, roundTripMs / 2);
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(new URL(postgres.url).port), host: '127.0.0.1', noDelay: true });
    let isAnswered = true;
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      if (isAnswered) roundTrips += 1;
      isAnswered = false;
      later(() => far.write(chunk));
    });
    far.on('data', (chunk) => {
      later(() => {
        isAnswered = true;
        near.write(chunk);
      });
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  teardown.push(async () => {
    cut();
    await new Promise((closed) => server.close(closed));
  });
  const [address, url] = [server.address(), new URL(postgres.url)];
  url.port = String(typeof address === 'object' ? address?.port : 0);
  return {
    url: url.href,
    get roundTrips() {
      return roundTrips;
    },
    cut,
  };
}
