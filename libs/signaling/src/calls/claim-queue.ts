import type { SessionId } from '@white-rabbit/protocol';
import type { Answer } from './outcome.js';

/** Maximum of waiting messages, for all sessions of the node. Further messages are answered `undeliverable`. */
const CLAIM_QUEUE_MAX = 10_000;

/**
 * Messages that arrived for a session before it was open: other nodes see its claim a moment before its own node does.
 * They wait for that claim, at most as long as the claim itself may take, and keep their order.
 */
export class ClaimQueue {
  readonly #last = new Map<SessionId, Promise<unknown>>();
  #waiting = 0;

  /** What a further message for this session must wait for: the last waiting message. */
  behind(session: SessionId): Promise<unknown> | undefined {
    return this.#waiting === 0 ? undefined : this.#last.get(session);
  }

  /** Delivers once `claim` has settled, whether it succeeded or failed. `deliver` must not throw. */
  hold(session: SessionId, claim: Promise<unknown>, deliver: () => Answer): Answer | Promise<Answer> {
    if (this.#waiting >= CLAIM_QUEUE_MAX) return 'undeliverable';
    this.#waiting += 1;
    const next = () => {
      this.#waiting -= 1;
      if (this.#last.get(session) === answer) this.#last.delete(session);
      return deliver();
    };
    const answer: Promise<Answer> = claim.then(next, next);
    this.#last.set(session, answer);
    return answer;
  }
}
