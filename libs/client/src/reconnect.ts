import type { ErrorCode } from './protocol-types.js';
import { WIRE } from './wire.js';

/** How a connection ended. */
export interface Closed {
  /**
   * A close code of docs/protocol.md, section 6. 1000 after `close()`. 1006 if the connection broke without a close
   * frame, or if the server refused the upgrade.
   */
  readonly code: number;
  /** In English. The server's message if it refused `register`; otherwise the reason in the close frame, or empty. */
  readonly reason: string;
  /** The error code with which the server refused `register`. Absent if the connection ended for another reason. */
  readonly error?: ErrorCode;
}

/** What a client does after its connection ended. */
export type AfterClose =
  | { readonly again: false }
  /** Reconnect no earlier than `notBeforeMs`; then at once if `atOnce`, otherwise after a back-off. */
  | { readonly again: true; readonly notBeforeMs: number; readonly atOnce: boolean };

/** Upper bound of the first back-off. */
const BASE_MS = 500;
/** Upper bound of every back-off. The server can ask for a longer delay with `retry_after_ms`. */
const CAP_MS = 30_000;
/** The client obeys a `retry_after_ms` of at most one hour. */
const RETRY_AFTER_CAP_MS = 3_600_000;

/**
 * Applies docs/protocol.md, section 6: no automatic reconnect after 45xx, an immediate one after 1012, a back-off after
 * all other codes, and never before the `retry_after_ms` in the reason.
 */
export function afterClose({ code, reason }: Pick<Closed, 'code' | 'reason'>): AfterClose {
  if (code >= 4500 && code < 4600) return { again: false };
  const stated = Number(/retry_after_ms=(\d+)/.exec(reason)?.[1] ?? 0);
  return { again: true, notBeforeMs: Math.min(stated, RETRY_AFTER_CAP_MS), atOnce: code === WIRE.restart };
}

/**
 * The back-off before the next attempt, in milliseconds. It uses full jitter (uniform between 0 and the exponential
 * bound), so that clients that lost their connection together do not reconnect together.
 *
 * @param failures attempts that have failed since the connection was last stable.
 * @param random returns a number from 0 to 1.
 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 16));
}
