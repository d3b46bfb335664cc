import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from './terminal.js';

/** Below this many it is over before a bar was read. */
const WORTH_A_BAR = 5_000;

/** Shows how far a long work is, where somebody watches. */
export interface Progress {
  to(done: number): void;
  end(): void;
}

/** A bar on standard error, or nothing. */
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
