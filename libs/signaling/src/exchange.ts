import type { NodeId } from '@white-rabbit/cluster/ports';
import type { CallMessage } from './call-message.js';
import type { Answer } from './outcome.js';

/**
 * The way to the calls of other nodes; never used for the own. Messages to one node arrive in the order in which they
 * were asked and told, at most once.
 */
export interface Exchange {
  /**
   * Sends it and brings the answer. `undeliverable`: none came in time, or nobody listens there; `unavailable`: the
   * bus is down. After both it may have arrived. Never rejects.
   */
  ask(to: NodeId, message: CallMessage): Answer | Promise<Answer>;

  /** Sends it; what becomes of it does not matter here. Never throws. */
  tell(to: NodeId, message: CallMessage): void;
}
