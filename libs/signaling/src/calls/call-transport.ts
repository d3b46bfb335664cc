import type { NodeId } from '../state/route.js';
import type { CallMessage } from './call-message.js';
import type { Answer, Failure } from './outcome.js';

/**
 * Sends messages to the calls of other nodes, never to this node. Messages to one node arrive in the order in which
 * they were sent, at most once.
 */
export interface CallTransport {
  /**
   * Sends a message and resolves with the answer. `undeliverable`: no answer came in time or no node is subscribed;
   * the message may have arrived. `unavailable`: the bus is down, and nothing was sent. Never rejects.
   */
  request(to: NodeId, message: CallMessage): Answer | Promise<Answer>;
  /** Sends a message whose answer is of no interest if it is `ok`; `onFailure` is called with any other. */
  post(to: NodeId, message: CallMessage, onFailure: (answer: Failure) => void): void;
}
