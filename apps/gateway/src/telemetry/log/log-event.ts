import type { Logger } from 'pino';
import { LOG_EVENTS, type LogEventName, type LogEventRow } from './log-events.js';

/** The fields of a line beside its event, as the table lists them for it. */
export type LogFields<E extends LogEventName> = Readonly<
  Partial<Record<(typeof LOG_EVENTS)[E]['fields'][number], string | number | undefined>>
>;

/** Writes one line with the level and the text of the table. `text` replaces the text of the table. */
export function logEvent<E extends LogEventName>(log: Logger, event: E, fields?: LogFields<E>, text?: string): void {
  const row: LogEventRow = LOG_EVENTS[event];
  log[row.level]({ event, ...fields }, text ?? row.text);
}
