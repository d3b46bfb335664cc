import { Redis } from 'ioredis';
import { redisUrlOf } from './redis-users.js';

/**
 * Sends one command to a server, on a connection of its own. Resolves with the answer as text.
 *
 * @param server its URL, or its port on loopback: then the operator of the tests asks.
 */
export async function ask(server: number | string, command: string, ...args: readonly string[]): Promise<string> {
  const client = new Redis(typeof server === 'string' ? server : redisUrlOf('wr-operator', server), {
    retryStrategy: () => null,
    lazyConnect: true,
    connectTimeout: 5_000,
  });
  let refused: Error | undefined;
  client.on('error', (error: Error) => (refused = error));
  try {
    await client.connect();
    return String(await client.call(command, ...args));
  } catch (error) {
    // If it could not connect: why.
    throw refused ?? error;
  } finally {
    client.disconnect();
  }
}
