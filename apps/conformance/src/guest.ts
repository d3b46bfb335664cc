import { setTimeout as pause } from 'node:timers/promises';
import { TestPeer } from '@white-rabbit/testing';
import type { ServerFrame } from '@white-rabbit/testing';

/** A server may ask to wait this long, and no longer: its limits are per minute. Milliseconds. */
export const LONGEST_WAIT_MS = 61_000;

/** A client of the kit. It comes back when the server says that it is too early; what is about limits asks `Once`. */
export class Guest extends TestPeer {
  override async ask(event: string, data?: object, deadlineMs?: number): Promise<ServerFrame> {
    const answer = await super.ask(event, data, deadlineMs);
    const waitMs = event === 'register' ? undefined : waitOf(answer);
    if (waitMs === undefined) return answer;
    await pause(waitMs);
    return super.ask(event, data, deadlineMs);
  }

  /** Asks, and takes `rate_limited` for an answer. */
  askOnce(event: string, data?: object): Promise<ServerFrame> {
    return super.ask(event, data);
  }
}

/** For how long a `rate_limited` asks to wait; `undefined` for any other frame. Milliseconds. */
export function waitOf(frame: ServerFrame): number | undefined {
  if (frame.event !== 'error' || frame.data.code !== 'rate_limited') return undefined;
  return Math.min(frame.data.retry_after_ms ?? LONGEST_WAIT_MS, LONGEST_WAIT_MS);
}
