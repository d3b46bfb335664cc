import type { Answer } from './calls/outcome.js';

/** What follows from an answer: at once where it is known. */
export function settle<Result>(
  answer: Answer | Promise<Answer>,
  then: (answer: Answer) => Result,
): Result | Promise<Result> {
  return typeof answer === 'string' ? then(answer) : answer.then(then);
}
