import type { CloseCode, ErrorCode } from '@white-rabbit/protocol';
import type { Closed, ServerFrame, TestClient } from '@white-rabbit/testing';

/** What a frame has to hold; what is not named may be anything. */
export interface Expected {
  readonly event: string;
  readonly data?: object;
  readonly ref?: string;
}

/** What `ack` looks like. */
export const ACK: Expected = { event: 'ack', data: {} };

/** A rule was broken; the message says how, in words for the table. */
export class Violation extends Error {}

/** @throws Violation with `otherwise` unless `condition`. */
export function holds(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Violation(otherwise);
}

/** @throws Violation unless the frame holds all that is expected. */
export function matches(frame: ServerFrame, expected: Expected): void {
  holds(contains(frame, expected), `expected ${JSON.stringify(expected)}, got ${frame.text.slice(0, 300)}`);
}

/** @throws Violation unless the frame is an `error` with that code, for that event. */
export function refuses(frame: ServerFrame, code: ErrorCode, event: string, more: object = {}): void {
  matches(frame, { event: 'error', data: { code, event, ...more } });
}

/** @throws Violation unless the frame is the `presence` of exactly these, in any order. */
export function tells(frame: ServerFrame, statuses: Readonly<Record<string, 'ONLINE' | 'OFFLINE'>>): void {
  matches(frame, { event: 'presence' });
  const told = frame.event === 'presence' ? frame.data.peers : [];
  const right =
    told.length === Object.keys(statuses).length && told.every((one) => statuses[one.peer_id] === one.status);
  holds(right, `expected ${JSON.stringify(statuses)}, got ${frame.text.slice(0, 300)}`);
}

/** Waits for the close. @throws Violation where it has another code. */
export async function closes(client: TestClient, code: CloseCode, deadlineMs?: number): Promise<Closed> {
  const closed = await client.closed(deadlineMs);
  holds(closed.code === code, `expected a close with ${code}, got ${closed.code} ${closed.reason}`);
  return closed;
}

/** Whether all of `expected` is in `actual`, objects by their named fields, lists whole. */
export function contains(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && Array.isArray(actual) && actual.length !== expected.length) return false;
  const fields = new Map(Object.entries(actual));
  return Object.entries(expected).every(([name, value]) => contains(fields.get(name), value));
}
