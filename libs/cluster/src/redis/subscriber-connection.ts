import type { Redis } from 'ioredis';
import { batches } from '../batches.js';

/** Channels that are subscribed and confirmed at once when a connection is back. */
export const SUBSCRIBE_CHUNK = 1000;

/** Dependencies of a connection. */
export interface SubscriberConnectionOptions {
  /** A client that reconnects by itself. */
  readonly open: () => Redis;
  /** Everything that this connection must be subscribed to. Read at each new connection. */
  readonly channels: () => readonly string[];
  /** Whether all channels of one command must be in one slot. */
  readonly isClustered: boolean;
  readonly onMessage: (channel: string, text: string) => void;
  /** Everything is subscribed again, and confirmed. */
  readonly onRestored: () => void;
  /** Some channel has moved to another server. */
  readonly onMoved: () => void;
}

/** One connection that only receives, and restores its subscriptions after each loss. */
export class SubscriberConnection {
  readonly #client: Redis;
  /** Grows with each attempt to restore, so that an overtaken attempt reports nothing. */
  #attempt = 0;
  #restored = false;

  constructor(private readonly options: SubscriberConnectionOptions) {
    this.#client = options.open();
    this.#client.on('ready', () => void this.restore());
    this.#client.on('close', () => {
      this.#attempt += 1;
      this.#restored = false;
    });
    this.#client.on('smessage', options.onMessage);
    this.#client.on('moved', options.onMoved);
  }

  /** Whether it is connected and everything is subscribed. */
  get isRestored(): boolean {
    return this.#restored;
  }

  /** Subscribes to everything, as after a reconnect. Nothing happens while it is not connected. */
  async restore(): Promise<void> {
    if (this.#client.status !== 'ready') return;
    const attempt = ++this.#attempt;
    this.#restored = false;
    try {
      for (const chunk of batches(this.options.channels(), SUBSCRIBE_CHUNK)) {
        await this.#confirm(chunk);
        if (attempt !== this.#attempt) return;
      }
    } catch (error) {
      // A moved channel is subscribed again once its new server is known.
      if (attempt === this.#attempt && !isMoved(error)) this.reconnect();
      return;
    }
    this.#restored = true;
    this.options.onRestored();
  }

  /** Closes the connection, dead or not, and opens a new one. */
  reconnect(): void {
    this.#attempt += 1;
    this.#restored = false;
    this.#client.disconnect(true);
  }

  close(): void {
    this.#attempt += 1;
    this.#restored = false;
    this.#client.disconnect();
  }

  async #confirm(chunk: readonly string[]): Promise<void> {
    if (this.options.isClustered) await Promise.all(chunk.map((channel) => this.#client.ssubscribe(channel)));
    else await this.#client.ssubscribe(...chunk);
  }
}

function isMoved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('MOVED');
}
