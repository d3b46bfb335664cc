import type { NodeId } from '../state/route.js';
import type { CallMessage } from './call-message.js';
import type { Answer } from './outcome.js';

/**
 * Sends messages to the calls of other nodes, never to this node. Messages to one node arrive in the order in which
 * they were sent, at most once.
 */
export interface CallTransport {
  /**
   * Sends a message and resolves with the answer. `undeliverable`: no answer came in time or no node is subscribed;
   * the message may have arrived. `unavailable`: the bus is down, and nothing was sent. Never rejects. `isAwaited`: if
   * not, an `ok` is of no interest and may be late.
   */
  request(to: NodeId, message: CallMessage, isAwaited: boolean): Answer | Promise<Answer>;
}
