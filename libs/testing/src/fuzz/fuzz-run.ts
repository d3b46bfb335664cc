import fc from 'fast-check';
import { mutated } from './mutations.js';

/** Something that reads inputs of others. */
export interface FuzzTarget {
  /** Valid inputs of every kind, to begin with. */
  readonly seeds: readonly string[];
  /** Texts that mean something to the reader. */
  readonly tokens: readonly string[];
  /**
   * Handles an input. Gives a word for what happened, for example the error code; the first input with a new word joins the
   * corpus. Throws if something happened that must not.
   */
  readonly run: (input: string) => string | Promise<string>;
}

/** How long, and which random choices. */
export interface FuzzOptions {
  readonly durationMs: number;
  readonly seed: number;
  /** Called after each round with the inputs so far, and the words for what happened to them. */
  readonly onProgress?: (inputs: number, words: number) => void;
}

/** What a run has shown. */
export interface FuzzResult {
  readonly inputs: number;
  /** Kinds of results. */
  readonly words: number;
  /** The input with the fewest changes that failed, and its error. */
  readonly failure: { readonly input: string; readonly error: unknown } | undefined;
}

/** Inputs between two looks at the corpus. */
const ROUND = 500;

/** The corpus must not grow without bound if a target has many words. */
const MOST_LEARNED = 2_000;

/** Gives mutated inputs to a target until the time is over or one of them fails. */
export async function fuzzRun(target: FuzzTarget, { durationMs, seed, onProgress }: FuzzOptions): Promise<FuzzResult> {
  const endMs = performance.now() + durationMs;
  const learned = new Map<string, string>();
  let inputs = 0;
  const run = async (input: string) => {
    inputs += 1;
    const word = await target.run(input);
    if (!learned.has(word) && learned.size < MOST_LEARNED) learned.set(word, input);
  };
  for (let round = 0; ; round += 1) {
    const restMs = endMs - performance.now();
    if (restMs <= 0) return { inputs, words: learned.size, failure: undefined };
    const corpus = [...target.seeds, ...learned.values()];
    const result = await fc.check(fc.asyncProperty(mutated(corpus, target.tokens), run), {
      seed: seed + round,
      numRuns: ROUND,
      interruptAfterTimeLimit: restMs,
      markInterruptAsFailure: false,
    });
    if (result.counterexample !== null) {
      const [input] = result.counterexample;
      return { inputs, words: learned.size, failure: { input, error: result.errorInstance } };
    }
    onProgress?.(inputs, learned.size);
  }
}
