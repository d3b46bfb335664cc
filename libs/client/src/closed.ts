import type { ErrorCode } from '@white-rabbit/protocol';
import { WIRE } from './wire.js';

/** How a connection ended. */
export interface Closed {
  /** A close code of PROTOCOL.md section 6; 1000 by `close()`; 1006 without a word, which is also what a refused upgrade looks like. */
  readonly code: number;
  /** For people, in English, where the server refused the registration; else what the socket was closed with, or less. */
  readonly reason: string;
  /** The error that the server answered `register` with, where that is why. */
  readonly error?: ErrorCode;
}

/** What to do after a connection ended. */
export type AfterClose =
  | { readonly again: false }
  /** Not before `notBeforeMs`; then, unless `atOnce`, after a pause. */
  | { readonly again: true; readonly notBeforeMs: number; readonly atOnce: boolean };

/** The longest the server's `retry_after_ms` is obeyed: an hour. */
const RETRY_AFTER_CAP_MS = 3_600_000;

/** Obeys PROTOCOL.md, section 6: 45xx never by itself, 1012 at once, all others after a pause, never before `retry_after_ms`. */
export function afterClose({ code, reason }: Pick<Closed, 'code' | 'reason'>): AfterClose {
  if (code >= 4500 && code < 4600) return { again: false };
  const stated = Number(/retry_after_ms=(\d+)/.exec(reason)?.[1] ?? 0);
  return { again: true, notBeforeMs: Math.min(stated, RETRY_AFTER_CAP_MS), atOnce: code === WIRE.restart };
}
