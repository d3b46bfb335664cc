import type { Logger } from 'pino';
import { logEvent } from './log-event.js';
import { errorFields } from './logger.js';

/** A place in a program's file, without the folders of this machine. Nothing that a client sent looks like it. */
const PLACE = /(?:[\w.-]+\/)?[\w.-]+\.[cm]?[jt]s:\d+:\d+(?=\)?$)/;

/** Places that are told: the fault's own, and how it came to it. */
const PLACES = 4;

/**
 * From now on a fault that nobody caught ends the process with one line that names the error and the places, in the place
 * of Node's own text: that has the error's message, which may hold a frame, a row or an address.
 */
export function endWithCrashLine(log: Logger): void {
  process.on('uncaughtException', (fault: unknown) => {
    logEvent(log, 'crashed', { ...errorFields(fault), at: placesIn(fault) });
    process.exit(1);
  });
}

/** `handlers/calls.js:10:5 < socket/inbox.js:3:1`; `undefined` where it has no stack. */
export function placesIn(fault: unknown): string | undefined {
  const lines = fault instanceof Error ? (fault.stack ?? '').split('\n') : [];
  const places = lines.flatMap((line) => (/^ {4}at /.test(line) ? (PLACE.exec(line)?.[0] ?? []) : []));
  return places.length === 0 ? undefined : places.slice(0, PLACES).join(' < ');
}
