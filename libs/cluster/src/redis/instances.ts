import { Redis } from 'ioredis';
import type { RedisClient } from './redis-client.js';

/** Delay before a server is asked again for its run id, if it refused. Ms. */
const RETRY_MS = 1000;

/** A server behind the client, and its run id. */
interface Instance {
  readonly server: Redis;
  readonly runId: string;
}

/** The connected servers of a client, by their run ids. A run id is random, and new at each start of a server. */
export class Instances {
  readonly #known = new Map<string, Instance>();

  /** @param onKnown Called with the name of a server (`''` if there is only one) when its run id is known. */
  constructor(
    client: RedisClient,
    private readonly onKnown: (name: string) => void,
    private readonly onError: (error: unknown) => void,
  ) {
    if (client instanceof Redis) {
      this.#follow('', client);
      return;
    }
    client.on('+node', (server: Redis) => {
      this.#follow(`${server.options.host}:${server.options.port}`, server);
    });
    // By itself it connects with the first command.
    const connect = (): void => {
      if (client.status !== 'ready') return;
      for (const server of client.nodes('master'))
        if (server.status === 'wait') server.connect().catch(() => undefined);
    };
    client.on('ready', connect);
    client.on('refresh', connect);
  }

  /** `undefined` while the server is not connected. */
  runIdOf(name: string): string | undefined {
    return this.#known.get(name)?.runId;
  }

  #follow(name: string, server: Redis): void {
    server.on('ready', () => void this.#ask(name, server));
    server.on('close', () => {
      if (this.#known.get(name)?.server === server) this.#known.delete(name);
    });
  }

  async #ask(name: string, server: Redis): Promise<void> {
    try {
      const [, runId] = /^run_id:(\w+)/m.exec(await server.info('server')) ?? [];
      if (runId === undefined) throw new Error('A server did not report its run id.');
      this.#known.set(name, { server, runId });
      this.onKnown(name);
    } catch (error) {
      this.onError(error);
      setTimeout(() => {
        if (server.status === 'ready' && this.#known.get(name)?.server !== server) void this.#ask(name, server);
      }, RETRY_MS).unref();
    }
  }
}
