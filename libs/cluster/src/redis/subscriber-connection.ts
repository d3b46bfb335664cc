import type { Redis } from 'ioredis';
import { Unavailable } from '@white-rabbit/signaling';

/** Channels that are subscribed and confirmed at once when a connection is back. */
export const SUBSCRIBE_CHUNK = 1000;

/** Dependencies of a connection. */
export interface SubscriberConnectionOptions {
  /** A client that reconnects by itself. */
  readonly open: () => Redis;
  /** Everything this connection must be subscribed to. Read at each new connection. */
  readonly channels: () => Iterable<string>;
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

  /** @throws Unavailable if it could not be confirmed; then it is made with the next reconnect. */
  async subscribe(channels: readonly string[]): Promise<void> {
    try {
      for (const chunk of chunks(channels)) await this.#confirm(chunk);
    } catch (error) {
      if (this.#client.status === 'ready' && !isMoved(error)) this.reconnect();
      throw new Unavailable('A subscription was not confirmed.');
    }
  }

  /** Best effort: a message for a channel that is not needed any more is ignored by its receiver. */
  unsubscribe(channels: readonly string[]): void {
    if (this.#client.status !== 'ready') return;
    for (const chunk of chunks(channels)) {
      const commands = this.options.isClustered ? chunk.map((channel) => [channel]) : [chunk];
      for (const names of commands) this.#client.sunsubscribe(...names).catch(() => undefined);
    }
  }

  /** Subscribes to everything, as after a reconnect. Nothing happens while it is not connected. */
  async restore(): Promise<void> {
    if (this.#client.status !== 'ready') return;
    const attempt = ++this.#attempt;
    this.#restored = false;
    try {
      for (const chunk of chunks(this.options.channels())) {
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

/** Reads on only when the next chunk is asked for, so that it sees what changed meanwhile. */
function* chunks(channels: Iterable<string>): Generator<readonly string[]> {
  let chunk: string[] = [];
  for (const channel of channels) {
    chunk.push(channel);
    if (chunk.length < SUBSCRIBE_CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
