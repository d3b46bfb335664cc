import type { CallId, PeerId, SessionId } from '@white-rabbit/protocol';
import type { CallLeg } from '../calls/call-leg.js';
import type { FrameSink } from './frame-sink.js';
import { NO_ITEMS, type SmallSet } from '../small-set.js';
import type { Watched } from '../contacts/watched.js';

/**
 * What a connection becomes by registering. Tens of thousands of them idle on a node, so it holds what it has and
 * nothing for what it may come to have.
 */
export class Session {
  /** Its halves of calls; there only while it has any. At most `LIMITS.calls`. Kept by `Calls`. */
  calls: Map<CallId, CallLeg> | undefined = undefined;

  /** The peers it watches. At most `LIMITS.contacts`. Kept by `Contacts`. */
  contacts: SmallSet<Watched> = NO_ITEMS;

  /** Set for good once its socket is gone; nothing may attach itself to the session after that. */
  closed = false;

  constructor(
    readonly id: SessionId,
    readonly peer: PeerId,
    /** Id of the license it registered with. Never its key. */
    readonly license: string,
    readonly sink: FrameSink,
  ) {}
}
