import type { Delivery } from './bus.js';

/** What may be announced: `license` carries the ids of licenses that were revoked. */
export type Topic = 'license';

/**
 * Texts for every node of the region. At most once: a node that is disconnected misses them, so whoever relies on one
 * also has to look for itself from time to time.
 */
export abstract class Announcements {
  /** `text` is opaque. `unreachable`: no node listens. Never rejects. */
  abstract announce(topic: Topic, text: string): Promise<Delivery>;
  /** Told of everything announced on the topic, one's own included. */
  abstract onAnnouncement(topic: Topic, listener: (text: string) => void): void;
}
