import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import type { CallLeg } from '../calls/call-leg.js';
import type { FrameSink } from './frame-sink.js';
import { NO_ITEMS, type SmallSet } from '../small-set.js';
import type { Watched } from '../contacts/watched.js';

/**
 * A registered connection. A node has tens of thousands of idle sessions, so a session allocates a field only when it
 * is needed.
 */
export class Session {
  /** Its call legs; defined only while it has any. At most `LIMITS.calls`. Maintained by `Calls`. */
  calls: Map<CallId, CallLeg> | undefined = undefined;

  /** The peers it watches. At most `LIMITS.contacts`. Maintained by `Contacts`. */
  contacts: SmallSet<Watched> = NO_ITEMS;

  /** Set permanently once its socket has closed; nothing may attach itself to the session after that. */
  closed = false;

  constructor(
    readonly id: SessionId,
    readonly peer: PeerId,
    /** Id of the license it registered with. Never its key. */
    readonly license: string,
    readonly sink: FrameSink,
  ) {}
}
