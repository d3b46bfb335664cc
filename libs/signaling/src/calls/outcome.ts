import { ERROR_CODES, type ErrorCode } from '@white-rabbit/protocol';

/**
 * The outcome of a frame: `ok`, which for a frame to the other peer means that its socket accepted it, or an error
 * code.
 */
export type Outcome = 'ok' | ErrorCode;

/**
 * The answer of the other side's node to a message. `glare`: the ring lost against a call of the callee to the caller;
 * at the caller it ends with `hangup` and that reason.
 */
export type Answer = Outcome | 'glare';

/** An answer that is not `ok`. */
export type Failure = Exclude<Answer, 'ok'>;

/** The result is unknown: the other node may have received the message or not, and the message may be sent again. */
export function isUncertain(answer: Answer): boolean {
  return answer === 'undeliverable' || answer === 'unavailable';
}

/** Continues with an answer: synchronously if it is known already. */
export function settle<Result>(
  answer: Answer | Promise<Answer>,
  then: (answer: Answer) => Result,
): Result | Promise<Result> {
  return typeof answer === 'string' ? then(answer) : answer.then(then);
}

/** The outcomes that this answer may become. */
export type OutcomeOf<A extends Answer> = Exclude<A, 'glare' | 'peer_offline'> | 'call_not_found';

/**
 * As answers to any message but a ring, `glare` and `peer_offline` (the session of the other side is gone) mean that the call
 * is gone. The client is notified of its end.
 */
export function outcome<A extends Answer>(answer: A): OutcomeOf<A> {
  return answer === 'glare' || answer === 'peer_offline' ? 'call_not_found' : (answer as OutcomeOf<A>);
}

/** Whether the text is an answer of this version. */
export function isAnswer(text: string): text is Answer {
  return text === 'ok' || text === 'glare' || Object.hasOwn(ERROR_CODES, text);
}
