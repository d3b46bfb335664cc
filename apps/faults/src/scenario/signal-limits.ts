import type { SignalFigures } from '../oracle/signal-judge.js';
import type { Figures } from './figures.js';

/** What a fault allows of the signals of its row. Parts from 0 to 1. */
export interface SignalLimits {
  /** Acknowledged, of the signals with `ref` that were answered, at least. The others met the end of their call. */
  readonly acked: number;
  /** Without an outcome because a connection ended, of all that were sent, at most. Default: 0.01. */
  readonly hidden?: number;
  /** Whether no gateway and no Redis fails: then a signal is refused only because its call has ended. */
  readonly isCalm: boolean;
}

/** The figure that the report adds up over rows. */
export const ANSWERED = 'signals with ref that were answered';

/** No gateway and no Redis fails. */
export const CALM: SignalLimits = { acked: 0.98, isCalm: true };

/** Signals that the end of the receiving connection hides after their ack, at most. */
const HIDDEN_ACKS = 0.002;

/** Holds the outcomes of all signals against what the fault allows. */
export function addSignalFigures(figures: Figures, signals: SignalFigures, limits: SignalLimits): void {
  const { acked, hidden = 0.01, isCalm } = limits;
  const { sent, asked, answered, arrived, proven, refused, unproven, abandoned } = signals;
  figures.add('signals sent', sent);
  figures.add('arrived', arrived);
  figures.add(ANSWERED, answered);
  figures.add('of these acknowledged', percent(signals.acked, answered), '%', { atLeast: 100 * acked });
  figures.add('acknowledged that were not seen to arrive', signals.acked - proven, '', {
    atMost: Math.ceil(sent * HIDDEN_ACKS),
  });
  figures.add('without an outcome when a connection ended', asked - answered + unproven + abandoned, '', {
    atMost: Math.ceil(sent * hidden),
  });
  figures.add('refused in a call that goes on', refused, '', isCalm ? { exactly: 0 } : undefined);
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}
