import type { Logger } from 'pino';
import { logEvent } from './log-events.js';
import { errorFields } from './logger.js';

/** A position in a source file, without the folders of this machine. No text that a client sent matches it. */
const PLACE = /(?:[\w.-]+\/)?[\w.-]+\.[cm]?[jt]s:\d+:\d+(?=\)?$)/;

/** Number of positions that are logged: that of the fault and of its callers. */
const PLACES = 4;

/**
 * From now on an uncaught fault ends the process with one log line that names the error and the positions. It
 * replaces Node's own text, which contains the error's message and so might contain a frame, a row or an address.
 */
export function endWithCrashLine(log: Logger): void {
  process.on('uncaughtException', (fault: unknown) => {
    logEvent(log, 'crashed', { ...errorFields(fault), at: placesIn(fault) });
    process.exit(1);
  });
}

/** `handlers/calls.js:10:5 < socket/inbox.js:3:1`; `undefined` if the fault has no stack. */
export function placesIn(fault: unknown): string | undefined {
  const lines = fault instanceof Error ? (fault.stack ?? '').split('\n') : [];
  const places = lines.flatMap((line) => (/^ {4}at /.test(line) ? (PLACE.exec(line)?.[0] ?? []) : []));
  return places.length === 0 ? undefined : places.slice(0, PLACES).join(' < ');
}
