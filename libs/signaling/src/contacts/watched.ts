import type { PeerId } from '@white-rabbit/protocol';
import type { Session } from '../sessions/session.js';
import type { SmallSet } from '../small-set.js';

/** A peer that sessions of this node watch. They share this record and its one copy of the peer id. */
export interface Watched {
  readonly peer: PeerId;
  watchers: SmallSet<Session>;
}
