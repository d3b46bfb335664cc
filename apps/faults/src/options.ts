import { parseArgs } from 'node:util';

/** What `npm run test:faults` is asked for. */
export interface Options {
  /** Numbers of rows; empty: all. */
  readonly numbers: readonly number[];
  readonly seed: number;
  readonly scale: number;
  /** Write docs/reliability.md. */
  readonly write: boolean;
}

/** A text to print instead, and whether that is a failure. */
export interface Usage {
  readonly text: string;
  readonly failed: boolean;
}

const USAGE = `npm run test:faults [-- OPTIONS] [NUMBER…]

Injects the faults of docs/reliability.md into gateways under simulated clients, all or those with these numbers, and
prints what was measured. Exit code 1: a promise was not kept. If all ran at their stated sizes, it writes the page.

  --seed N     repeats the random choices of an earlier run
  --scale X    multiplies the sizes; 0.1 for a quick look
  --write      writes the page in any case`;

/** Reads the command line. */
export function readOptions(args: readonly string[]): Options | Usage {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seed: { type: 'string' },
        scale: { type: 'string', default: '1' },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { text: USAGE, failed: false };
    const numbers = positionals.map((text) => numberIn('NUMBER', text));
    const scale = numberIn('--scale', values.scale);
    const seed = values.seed === undefined ? newSeed() : numberIn('--seed', values.seed);
    return { numbers, seed, scale, write: values.write || (numbers.length === 0 && scale === 1) };
  } catch (mistake) {
    return { text: `${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}`, failed: true };
  }
}

/** @throws Error unless the text is a number above 0. */
export function numberIn(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name}: ${text} is not a number above 0.`);
  return value;
}

/** A seed for a run that repeats no other. */
export function newSeed(): number {
  return Math.floor(Math.random() * 1_000_000) + 1;
}
