import type { LoggerService } from '@nestjs/common';
import { destination, pino, type Logger } from 'pino';
import { logEvent } from './log-event.js';

/**
 * One JSON line an event: `level` (a word), `time` (UTC), `event` and counts; docs/logs.md has them all. Never an id, an address or a text from a client; an
 * error is logged by its name and code, because its message may hold any of these.
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

/** What may be said of an error. */
export function errorFields(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = (error as NodeJS.ErrnoException).code;
  return { error: error.name, ...(typeof code === 'string' && { code }) };
}

/** Nest's own words: only what went wrong. Its messages are about modules and routes, not about clients. */
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
