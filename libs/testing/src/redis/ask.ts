import { Redis } from 'ioredis';

/** Sends one command to the server at a port of loopback, on a connection of its own. Resolves with the answer as text. */
export async function ask(port: number, command: string, ...args: readonly string[]): Promise<string> {
  const client = new Redis({
    port,
    host: '127.0.0.1',
    retryStrategy: () => null,
    lazyConnect: true,
    connectTimeout: 1000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return String(await client.call(command, ...args));
  } finally {
    client.disconnect();
  }
}
