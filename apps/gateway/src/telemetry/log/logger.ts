import type { LoggerService } from '@nestjs/common';
import { destination, pino, type Logger } from 'pino';
import { logEvent } from './log-events.js';

/**
 * Logs one JSON line per event: `level` (a word), `time` (UTC), `event` and counts; docs/logs.md lists them all. A
 * line never contains an id, an address or a text from a client. An error is logged by its name and code, because its
 * message may contain any of these.
 */
export function createLogger(level: string): Logger {
  return pino(
    {
      level,
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
    },
    destination({ sync: true }),
  );
}

/** The fields of an error that may be logged. */
export function errorFields(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  return { error: error.name, ...(typeof code === 'string' && { code }) };
}

/**
 * Passes on Nest's own log, but only its errors and warnings. Nest's messages concern modules and routes, not
 * clients.
 */
export function nestLogger(log: Logger): LoggerService {
  return {
    log: () => undefined,
    warn: (message: unknown) => {
      logEvent(log, 'nest_warning', {}, String(message));
    },
    error: (message: unknown) => {
      logEvent(log, 'nest_error', {}, String(message));
    },
  };
}
