import { ERROR_CODES, type ErrorCode } from '@white-rabbit/protocol';

/** What became of a frame: done, which for a frame to the other peer means given to its socket, or the error to answer. */
export type Outcome = 'ok' | ErrorCode;

/**
 * What the other side's node answers a message with. `glare`: the ring lost against a call of the callee to the
 * caller; it ends with `hangup` and that reason at the caller.
 */
export type Answer = Outcome | 'glare';

/** Neither yes nor no: the other node may have it, or not, and may be told again. */
export function isUncertain(answer: Answer): boolean {
  return answer === 'undeliverable' || answer === 'unavailable';
}

/** Reads an answer of another node; `undefined` for what is none. */
export function decodeAnswer(text: string): Answer | undefined {
  return isAnswer(text) ? text : undefined;
}

function isAnswer(text: string): text is Answer {
  return text === 'ok' || text === 'glare' || Object.hasOwn(ERROR_CODES, text);
}
