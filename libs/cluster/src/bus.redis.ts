import type { NodeId } from '@white-rabbit/signaling';
import { type Delivery, Bus, isOversized } from './bus.js';
import { Listeners } from './listeners.js';
import { BUS_PREFIX, busChannel } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';

/** One node's end of the bus of a region in Redis: a channel for each node. */
export class RedisBus extends Bus {
  readonly #listeners = new Listeners<[text: string]>();

  constructor(
    private readonly link: RedisLink,
    self: NodeId,
  ) {
    super();
    link.subscriptions.addSource({
      prefix: BUS_PREFIX,
      channels: [busChannel(self)],
      onMessage: (text) => {
        this.#listeners.notify(text);
      },
    });
  }

  override async send(to: NodeId, text: string): Promise<Delivery> {
    // Checked before anything is written: an error does not show whether the command was sent, and when it will be
    // executed.
    if (isOversized(text) || !this.link.takesCommands) return 'unavailable';
    try {
      const receivers = await this.link.call('send', (client) => client.spublish(busChannel(to), text));
      return Number(receivers) > 0 ? 'sent' : 'unreachable';
    } catch {
      return 'uncertain';
    }
  }

  override onMessage(listener: (text: string) => void): void {
    this.#listeners.add(listener);
  }
}
