import { describe } from '@jest/globals';
import { kubectl } from './render.js';

/** `describe`, where there is a kubectl; else skipped, saying why. */
export const describeRendered: (sentence: string, suite: () => void) => void =
  kubectl === undefined ? describe.skip : describe;

if (kubectl === undefined) {
  process.stderr.write(
    'kubectl is missing, so no manifest is rendered: install it (kubernetes.io/docs/tasks/tools).\n',
  );
}
