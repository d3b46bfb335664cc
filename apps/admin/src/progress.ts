import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** Fewer items are done before a progress bar can be read. */
const WORTH_A_BAR = 5_000;

/** Progress of long work. */
export interface Progress {
  to(done: number): void;
  end(): void;
}

/** Shows a progress bar on standard error if that is a terminal and the work is long. */
export function startProgress(terminal: Terminal, total: number): Progress {
  const stream = terminal.progressStream;
  if (stream === undefined || total <= WORTH_A_BAR) return { to: () => undefined, end: () => undefined };
  const format = '{bar} {percentage}% | {value}/{total} | {eta_formatted} left';
  const bar = new SingleBar({ stream: stream, format, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0);
  return {
    to: (done) => {
      bar.update(done);
    },
    end: () => {
      bar.stop();
    },
  };
}
