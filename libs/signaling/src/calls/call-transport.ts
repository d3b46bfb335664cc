import type { NodeId } from '../sessions/route.js';
import type { CallMessage } from './call-message.js';
import type { Answer } from './outcome.js';

/**
 * The way to the calls of other nodes; never used for the own. Messages to one node arrive in the order in which they
 * were asked, at most once.
 */
export interface CallTransport {
  /**
   * Sends it and brings the answer. `undeliverable`: none came in time, or nobody listens there; it may have arrived.
   * `unavailable`: the bus is down, and nothing was sent. Never rejects.
   */
  request(to: NodeId, message: CallMessage): Answer | Promise<Answer>;
}
