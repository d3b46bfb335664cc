import type { Answer } from './calls/outcome.js';

/** Continues with an answer: synchronously if it is known already. */
export function settle<Result>(
  answer: Answer | Promise<Answer>,
  then: (answer: Answer) => Result,
): Result | Promise<Result> {
  return typeof answer === 'string' ? then(answer) : answer.then(then);
}
