import { describe, it } from '@jest/globals';

/** Declares a suite, like `describe`. */
export type DeclareSuite = (title: string, suite: () => void) => void;

/**
 * `describe` for a suite that needs a program or a permission that this machine may not have. If something is missing,
 * the suite is skipped and prints the reason to stderr. With `CI=true` it fails instead; otherwise a suite that never
 * runs there would always count as passed.
 *
 * @param missing what is missing and how to get it, as a sentence. Empty or `undefined`: nothing is missing.
 */
export function describeUnless(missing: string | undefined): DeclareSuite {
  if (missing === undefined || missing === '') return describe;
  if (process.env['CI'] === 'true') return (title) => failingSuite(title, missing);
  return (title, suite) => {
    process.stderr.write(`Skipped: ${title}. ${missing}\n`);
    describe.skip(title, suite);
  };
}

function failingSuite(title: string, missing: string): void {
  describe(title, () => {
    it('has what it needs', () => {
      throw new Error(missing);
    });
  });
}
