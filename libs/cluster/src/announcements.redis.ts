import type { Topic } from './announcements.js';
import { Announcements } from './announcements.js';
import type { Delivery } from './bus.js';
import { topicChannel } from './redis/keys.js';
import type { RedisLink } from './redis/redis-link.js';

/** The announcements of a region in Redis: a channel for each topic. */
export class RedisAnnouncements extends Announcements {
  constructor(private readonly link: RedisLink) {
    super();
  }

  override async announce(topic: Topic, text: string): Promise<Delivery> {
    try {
      const receivers = await this.link.call('announce', (client) => client.spublish(topicChannel(topic), text));
      return Number(receivers) > 0 ? 'sent' : 'unreachable';
    } catch {
      return 'unavailable';
    }
  }

  override onAnnouncement(topic: Topic, listener: (text: string) => void): void {
    const channel = topicChannel(topic);
    this.link.subscriptions.addSource({
      prefix: channel,
      channels: () => [channel],
      onMessage: (_channel, text) => {
        listener(text);
      },
    });
  }
}
