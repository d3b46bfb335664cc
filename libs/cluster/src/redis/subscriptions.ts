import { Unavailable } from '@white-rabbit/signaling';
import { SubscriberConnection } from './subscriber-connection.js';
import type { Topology } from './topology.js';

/**
 * A source that needs channels and receives their messages. Sources are distinguished by the prefixes of their
 * channels.
 */
export interface ChannelSource {
  readonly prefix: string;
  /** All channels that this source needs now. */
  channels(): Iterable<string>;
  onMessage(channel: string, text: string): void;
}

/**
 * All subscriptions of a gateway: one connection, or one for each primary of a cluster. The sources are asked for
 * their channels at each new connection, so that nothing is stored twice.
 */
export class Subscriptions {
  readonly #connections = new Map<string, SubscriberConnection>();
  readonly #sources: ChannelSource[] = [];
  readonly #restoredListeners: (() => void)[] = [];

  constructor(private readonly topology: Topology) {
    topology.onRefresh((isChanged) => {
      this.#follow(isChanged);
    });
    this.#follow(false);
  }

  /** Whether every connection is there and has everything subscribed. */
  get isRestored(): boolean {
    if (this.#connections.size === 0) return false;
    return [...this.#connections.values()].every((connection) => connection.isRestored);
  }

  /** Whether the connections of these channels are there and have everything subscribed. */
  covers<Name>(names: readonly Name[], channelOf: (name: Name) => string): boolean {
    if (this.isRestored) return true;
    const groups = this.#group(names.map(channelOf));
    return groups !== undefined && [...groups.keys()].every((connection) => connection.isRestored);
  }

  /** What the source wants already is subscribed as soon as there is a connection. */
  addSource(source: ChannelSource): void {
    this.#sources.push(source);
    this.subscribe([...source.channels()]).catch(() => undefined);
  }

  /** Called when a new connection has subscribed everything: messages may have been missed. */
  onRestored(listener: () => void): void {
    this.#restoredListeners.push(listener);
  }

  /**
   * Resolves once all are confirmed.
   * @throws Unavailable if some are not; those are made with the next reconnect, if a source still needs them.
   */
  async subscribe(channels: readonly string[]): Promise<void> {
    const groups = this.#group(channels);
    if (groups === undefined) throw new Unavailable('No server is known to have the channel.');
    await Promise.all([...groups].map(([connection, names]) => connection.subscribe(names)));
  }

  unsubscribe(channels: readonly string[]): void {
    for (const [connection, names] of this.#group(channels) ?? []) connection.unsubscribe(names);
  }

  /** Closes all connections and opens new ones: for a gateway that sends, but receives nothing. */
  reset(): void {
    for (const connection of this.#connections.values()) connection.reconnect();
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  #group(channels: readonly string[]): ReadonlyMap<SubscriberConnection, string[]> | undefined {
    const groups = new Map<SubscriberConnection, string[]>();
    for (const channel of channels) {
      const connection = this.#connections.get(this.topology.shardOf(channel) ?? '');
      if (connection === undefined) return undefined;
      const group = groups.get(connection);
      if (group === undefined) groups.set(connection, [channel]);
      else group.push(channel);
    }
    return groups;
  }

  /** Maintains a connection for each server, with the channels that the server has now. */
  #follow(isChanged: boolean): void {
    const shards = this.topology.shards();
    for (const [shard, connection] of this.#connections) {
      if (!shards.includes(shard)) {
        this.#connections.delete(shard);
        connection.close();
      } else if (isChanged || !connection.isRestored) void connection.restore();
    }
    for (const shard of shards) if (!this.#connections.has(shard)) this.#connections.set(shard, this.#connect(shard));
  }

  #connect(shard: string): SubscriberConnection {
    return new SubscriberConnection({
      open: () => this.topology.open(shard),
      channels: () => this.#channelsOf(shard),
      isClustered: this.topology.isClustered,
      onMessage: (channel, text) => {
        for (const source of this.#sources) if (channel.startsWith(source.prefix)) source.onMessage(channel, text);
      },
      onRestored: () => {
        for (const listener of this.#restoredListeners) listener();
      },
      onMoved: () => {
        this.topology.refresh();
      },
    });
  }

  *#channelsOf(shard: string): Generator<string> {
    for (const source of this.#sources) {
      for (const channel of source.channels()) if (this.topology.shardOf(channel) === shard) yield channel;
    }
  }
}
