import { createServer, type AddressInfo } from 'node:net';

/**
 * A TCP port of loopback on which no process listens now. For servers that cannot choose a free port (port 0) by
 * themselves.
 */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) =>
    server.close(() => {
      resolve();
    }),
  );
  return port;
}
