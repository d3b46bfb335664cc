import type { Logger } from 'pino';
import { LOG_EVENTS, type LogEventName, type LogEventRow } from './log-events.js';

/** What a line may say beside its event: the fields that the table lists for it. */
export type LogFields<E extends LogEventName> = Readonly<
  Partial<Record<(typeof LOG_EVENTS)[E]['fields'][number], string | number | undefined>>
>;

/** Writes one line, at the level and with the words of the table. `text` is for lines whose words come from elsewhere. */
export function logEvent<E extends LogEventName>(log: Logger, event: E, fields?: LogFields<E>, text?: string): void {
  const row: LogEventRow = LOG_EVENTS[event];
  log[row.level]({ event, ...fields }, text ?? row.text);
}
