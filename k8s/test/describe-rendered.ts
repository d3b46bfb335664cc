import { describeUnless } from '@white-rabbit/testing/describe-unless';
import { kubectl } from './render.js';

/** A suite that renders manifests. */
export const describeRendered = describeUnless(
  kubectl === undefined ? 'kubectl is missing; install it (kubernetes.io/docs/tasks/tools).' : '',
);
