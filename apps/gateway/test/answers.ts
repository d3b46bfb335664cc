import { expect } from '@jest/globals';
import type { ErrorCode } from '@white-rabbit/protocol';

/** Matches an `error` frame with that code, for that event. */
export function refusal(code: ErrorCode, event: string, more: Readonly<Record<string, unknown>> = {}): object {
  return { event: 'error', data: { code, event, message: expect.stringMatching(/.+/), ...more } };
}

/** Matches the `presence` of one peer. */
export function presenceOf(peer_id: string, status: 'ONLINE' | 'OFFLINE'): object {
  return { event: 'presence', data: { peers: [{ peer_id, status }] } };
}

/** Matches `ack`. */
export const ACK = { event: 'ack', data: {} } as const;
