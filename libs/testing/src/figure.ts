/** What a figure must be. `stated`: the size of a fault; a smaller one is shown, and is no fault of the server. */
export type Limit =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly exactly: number }
  | { readonly stated: number };

/** One measured figure, with the promise that it is held against; without a limit it is only reported. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Such as `ms`; empty for counts. */
  readonly unit: string;
  readonly limit?: Limit;
}

/** Set by the command that reads the figures of a test file. */
export const FIGURES_WANTED = 'WR_TEST_FIGURES';

const PREFIX = '{"figure":';

/** Reports a figure of a test to the command that runs the test file, if there is one: `npm run test:faults`. */
export function reportFigure(name: string, value: number, unit = '', limit?: Limit): void {
  if (process.env[FIGURES_WANTED] === undefined) return;
  const figure: Figure = { name, value, unit, ...(limit && { limit }) };
  process.stdout.write(`${PREFIX}${JSON.stringify(figure)}}\n`);
}

/** The figure in a line of output; `undefined` if the line is something else. */
export function readFigure(line: string): Figure | undefined {
  if (!line.startsWith(PREFIX)) return undefined;
  return (JSON.parse(line) as { readonly figure: Figure }).figure;
}
