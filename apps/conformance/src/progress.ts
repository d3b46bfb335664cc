import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { RuleReport } from './run-rules.js';

/** The stream for the progress. */
export type ProgressStream = Writable & { readonly isTTY?: boolean };

/** Shows the progress of a run. */
export interface Progress {
  add(report: RuleReport): void;
  end(): void;
}

/** A progress bar on a terminal, otherwise one line per rule. */
export function startProgress(stream: ProgressStream, total: number): Progress {
  return stream.isTTY === true ? bar(stream, total) : lines(stream, total);
}

function bar(stream: Writable, total: number): Progress {
  const format = '{bar} {value}/{total} | {failed} failed | {rule}';
  const shown = new SingleBar({ stream, format, hideCursor: true, barsize: 20 }, Presets.shades_classic);
  let failed = 0;
  shown.start(total, 0, { failed, rule: '' });
  return {
    add: ({ rule, result }) => {
      if (result.status === 'fail') failed += 1;
      shown.increment(1, { failed, rule: rule.title.slice(0, 60) });
    },
    end: () => {
      shown.stop();
    },
  };
}

function lines(stream: Writable, total: number): Progress {
  let done = 0;
  return {
    add: ({ rule, result }) => {
      done += 1;
      stream.write(`${done}/${total} ${result.status}: ${rule.title}\n`);
    },
    end: () => undefined,
  };
}
