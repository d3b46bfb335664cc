// Not a suite of this package: src/describe-unless.contract.ts runs it in a Jest of its own.
import { expect, it } from '@jest/globals';
import { describeUnless } from '../src/describe-unless.js';

describeUnless('no-such-program is missing; install it.')('A suite that needs a program', () => {
  it('does not run', () => {
    expect.assertions(1);
  });
});
