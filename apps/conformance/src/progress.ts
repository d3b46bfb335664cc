import type { Writable } from 'node:stream';
import { Presets, SingleBar } from 'cli-progress';
import type { Finding } from './run-rules.js';

/** Where progress is shown. */
export type ProgressStream = Writable & { readonly isTTY?: boolean };

/** Shows how far a run is. */
export interface Progress {
  found(finding: Finding): void;
  end(): void;
}

/** A bar where somebody watches; else a line for every rule. */
export function startProgress(stream: ProgressStream, total: number): Progress {
  return stream.isTTY === true ? bar(stream, total) : lines(stream, total);
}

function bar(stream: Writable, total: number): Progress {
  const format = '{bar} {value}/{total} | {failed} failed | {rule}';
  const shown = new SingleBar({ stream, format, hideCursor: true, barsize: 20 }, Presets.shades_classic);
  let failed = 0;
  shown.start(total, 0, { failed, rule: '' });
  return {
    found: ({ rule, verdict }) => {
      if (verdict.outcome === 'fail') failed += 1;
      shown.increment(1, { failed, rule: rule.says.slice(0, 60) });
    },
    end: () => {
      shown.stop();
    },
  };
}

function lines(stream: Writable, total: number): Progress {
  let done = 0;
  return {
    found: ({ rule, verdict }) => {
      done += 1;
      stream.write(`${done}/${total} ${verdict.outcome}: ${rule.says}\n`);
    },
    end: () => undefined,
  };
}
