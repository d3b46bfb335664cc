import { parseArgs } from 'node:util';
import { ROW_IDS, type RowId } from './rows/all-rows.js';
import { QUICK, type Sample, WHOLE } from './rows/sample.js';

/** What `npm run bench` is asked for. */
export interface Options {
  readonly sample: Sample;
  readonly isQuick: boolean;
  readonly rows: ReadonlySet<RowId>;
  /** Show where the microseconds of a signal go, and measure nothing else. */
  readonly profile: boolean;
  readonly json: boolean;
  /** Write the page and its charts. */
  readonly write: boolean;
}

const USAGE = `npm run bench [-- OPTIONS]

Measures the gateway and other servers in turn under the same load, on this machine: less than 20 minutes. Writes the page
docs/benchmarks.md with its charts, unless --quick or --only is given.

  --quick      less than 2 minutes; its figures are not reliable
  --only ROWS  some of ${ROW_IDS.join(',')}
  --profile    shows where the CPU time of the gateway goes while it relays signals
  --json       prints JSON instead of tables
  --write      writes the page in any case`;

/** Reads the command line: the options, or the text to print and whether that is a failure. */
export function readOptions(args: readonly string[]): Options | { readonly text: string; readonly failed: boolean } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        quick: { type: 'boolean', default: false },
        only: { type: 'string' },
        profile: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { text: USAGE, failed: false };
    return {
      sample: values.quick ? QUICK : WHOLE,
      isQuick: values.quick,
      rows: rowsIn(values.only),
      profile: values.profile,
      json: values.json,
      write: values.write || (!values.quick && values.only === undefined),
    };
  } catch (mistake) {
    return { text: `${mistake instanceof Error ? mistake.message : 'Unknown option.'}\n\n${USAGE}`, failed: true };
  }
}

function rowsIn(only: string | undefined): ReadonlySet<RowId> {
  const names = only?.split(',') ?? ROW_IDS;
  const unknown = names.find((name) => !ROW_IDS.some((id) => id === name));
  if (unknown !== undefined) throw new Error(`--only: there is no row ${unknown}.`);
  return new Set(ROW_IDS.filter((id) => names.includes(id)));
}
