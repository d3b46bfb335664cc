import type { Topic } from './announcements.js';
import { Announcements } from './announcements.js';
import type { Delivery } from './bus.js';
import type { MemoryRegion } from './memory-region.js';

/** The announcements of a region in memory. */
export class MemoryAnnouncements extends Announcements {
  private readonly parts: (() => void)[] = [];

  constructor(private readonly region: MemoryRegion) {
    super();
  }

  override announce(topic: Topic, text: string): Promise<Delivery> {
    if (this.region.outage) return Promise.resolve('unavailable');
    return Promise.resolve(this.region.announce(topic, text) ? 'sent' : 'unreachable');
  }

  override onAnnouncement(topic: Topic, listener: (text: string) => void): void {
    this.parts.push(this.region.joinTopic(topic, listener));
  }

  /** Hears nothing from now on. */
  close(): void {
    for (const leave of this.parts) leave();
  }
}
