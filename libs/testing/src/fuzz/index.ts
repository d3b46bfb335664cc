import { describe, expect, it } from '@jest/globals';
import { type FuzzTarget, fuzzRun } from './fuzz-run.js';
import { KeptCases } from './kept-cases.js';

/** In `npm test`, each target gets inputs for this time. */
const SHORT_MS = 1_000;
const PROGRESS_MS = 10_000;
/** To shrink a failure, and to end. */
const EXTRA_MS = 120_000;

/** Of a longer input the file has the rest. */
const CHARACTERS_SHOWN = 4_000;

/** A target with its name and the folder of its kept cases. */
export interface FuzzSuite extends FuzzTarget {
  readonly name: string;
  readonly cases: URL;
}

/**
 * Defines the tests of a target: the seeds and the inputs that failed before, then random changes of them, for a second or
 * for `WR_FUZZ_MINUTES`. An input that fails is kept as a file; it is part of every later run. `WR_FUZZ_SEED` repeats the
 * random choices of a run.
 */
export function fuzz({ name, cases, ...target }: FuzzSuite): void {
  const kept = new KeptCases(cases);
  const minutes = Number(process.env['WR_FUZZ_MINUTES'] ?? 0);
  const durationMs = minutes > 0 ? minutes * 60_000 : SHORT_MS;
  const seed = Number(process.env['WR_FUZZ_SEED'] ?? Math.floor(Math.random() * 1_000_000));

  describe(`Fuzzing ${name}`, () => {
    it('handles the seeds and all inputs that failed before', async () => {
      for (const input of [...target.seeds, ...kept.inputs])
        expect(await target.run(input)).toEqual(expect.any(String));
    });

    it(
      'handles random changes of them',
      async () => {
        let reportedMs = performance.now();
        const onProgress = (inputs: number, words: number) => {
          if (performance.now() - reportedMs < PROGRESS_MS) return;
          reportedMs = performance.now();
          process.stderr.write(`${name}: ${inputs.toLocaleString('en')} inputs, ${words} kinds of results\n`);
        };
        const seeds = [...target.seeds, ...kept.inputs];
        const { inputs, words, failure } = await fuzzRun({ ...target, seeds }, { durationMs, seed, onProgress });
        if (minutes > 0)
          process.stderr.write(
            `${name}: ${inputs.toLocaleString('en')} inputs, ${words} kinds of results, seed ${seed}\n`,
          );
        if (failure !== undefined)
          throw new Error(
            `An input failed after ${inputs}, seed ${seed}; it is kept in ${kept.keep(failure.input)}:\n${shown(failure.input)}`,
            { cause: failure.error },
          );
      },
      durationMs + EXTRA_MS,
    );
  });
}

function shown(input: string): string {
  return JSON.stringify(input).slice(0, CHARACTERS_SHOWN);
}
