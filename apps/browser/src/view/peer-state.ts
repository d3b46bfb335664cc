import type { Messenger } from '../messenger.js';
import { SENTENCES } from '../sentences.js';

/** The presence of a peer in a few words, or that it is blocked. */
export function wordOfPeer(messenger: Messenger, peerId: string): string {
  if (messenger.book.isBlocked(peerId)) return 'blocked';
  return SENTENCES.presence(messenger.presenceOf(peerId), messenger.server.name === 'online');
}
