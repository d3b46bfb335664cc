import { SubscriberConnection } from './subscriber-connection.js';
import type { Topology } from './topology.js';

/** Fixed channels, and the receiver of their messages. Sources are distinguished by the prefixes of their channels. */
export interface ChannelSource {
  readonly prefix: string;
  readonly channels: readonly string[];
  onMessage(text: string): void;
  /**
   * Messages of these channels may have been missed, or another instance serves them: they are received, and their
   * server accepts commands, again or for the first time.
   */
  onRestored?(channels: readonly string[]): void;
}

/** All subscriptions of a gateway: one connection, or one for each primary of a cluster. */
export class Subscriptions {
  readonly #connections = new Map<string, SubscriberConnection>();
  readonly #sources: ChannelSource[] = [];
  readonly #restoredListeners: (() => void)[] = [];

  /** @param takesCommands Whether commands to a server succeed: before, what was missed cannot be read. */
  constructor(
    private readonly topology: Topology,
    private readonly takesCommands: (server: string) => boolean,
  ) {
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

  /** Before the first connection is ready: its channels are subscribed by every connection from then on. */
  addSource(source: ChannelSource): void {
    this.#sources.push(source);
  }

  /** Called when a new connection has subscribed everything: messages may have been missed. */
  onRestored(listener: () => void): void {
    this.#restoredListeners.push(listener);
  }

  /** The server accepts commands again: what was published meanwhile may be lost. */
  connected(server: string): void {
    if (this.#connections.get(server)?.isRestored === true) this.#notifyRestored(server);
  }

  /** Closes all connections and opens new ones: for a gateway that sends, but receives nothing. */
  reset(): void {
    for (const connection of this.#connections.values()) connection.reconnect();
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
    this.#connections.clear();
  }

  /** Maintains a connection for each server, with the channels that the server has now. */
  #follow(isChanged: boolean): void {
    const servers = this.topology.servers();
    for (const [server, connection] of this.#connections) {
      if (!servers.includes(server)) {
        this.#connections.delete(server);
        connection.close();
      } else if (isChanged || !connection.isRestored) void connection.restore();
    }
    for (const server of servers) {
      if (!this.#connections.has(server)) this.#connections.set(server, this.#connect(server));
    }
  }

  #connect(server: string): SubscriberConnection {
    return new SubscriberConnection({
      open: () => this.topology.open(server),
      channels: () => this.#sources.flatMap((source) => this.#channelsAt(server, source)),
      isClustered: this.topology.isClustered,
      onMessage: (channel, text) => {
        for (const source of this.#sources) if (channel.startsWith(source.prefix)) source.onMessage(text);
      },
      onRestored: () => {
        if (this.takesCommands(server)) this.#notifyRestored(server);
        for (const listener of this.#restoredListeners) listener();
      },
      onMoved: () => {
        this.topology.refresh();
      },
    });
  }

  #notifyRestored(server: string): void {
    for (const source of this.#sources) source.onRestored?.(this.#channelsAt(server, source));
  }

  #channelsAt(server: string, { channels }: ChannelSource): readonly string[] {
    return channels.filter((channel) => this.topology.serverOf(channel) === server);
  }
}
