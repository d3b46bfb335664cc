import type { CloseCode, ErrorCode } from '@white-rabbit/protocol';
import type { Closed, ServerFrame, TestClient } from '@white-rabbit/testing';

/** Fields that a frame must have; all other fields are ignored. */
export interface Expected {
  readonly event: string;
  readonly data?: object;
  readonly ref?: string;
}

/** Time added to a time limit of the protocol for the network and for coarse clocks. Milliseconds. */
export const NETWORK_MS = 1_000;

/** Time limit for a change of presence: 1 s (docs/protocol.md, section 5), over two gateways. Milliseconds. */
export const PRESENCE_MS = 1_000 + 2 * NETWORK_MS;

/** An `ack`. */
export const ACK: Expected = { event: 'ack', data: {} };

/** The server violated a rule. The message is the reason in the report. */
export class Violation extends Error {}

/** @throws Violation with the message `otherwise` if the condition is false. */
export function ensure(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Violation(otherwise);
}

/** @throws Violation if the frame does not have all expected fields. */
export function expectFrame(frame: ServerFrame, expected: Expected): void {
  ensure(contains(frame, expected), `expected ${JSON.stringify(expected)}, got ${frame.text.slice(0, 300)}`);
}

/** @throws Violation if the frame is not an `error` with this code for this event. */
export function expectError(frame: ServerFrame, code: ErrorCode, event: string, more: object = {}): void {
  expectFrame(frame, { event: 'error', data: { code, event, ...more } });
}

/** @throws Violation if the frame is not the `presence` of exactly these peers, in any order. */
export function expectPresence(frame: ServerFrame, statuses: Readonly<Record<string, 'ONLINE' | 'OFFLINE'>>): void {
  expectFrame(frame, { event: 'presence' });
  const peers = frame.event === 'presence' ? frame.data.peers : [];
  const right =
    peers.length === Object.keys(statuses).length && peers.every(({ peer_id, status }) => statuses[peer_id] === status);
  ensure(right, `expected ${JSON.stringify(statuses)}, got ${frame.text.slice(0, 300)}`);
}

/** Waits until the server closes the socket. @throws Violation if the close code differs. */
export async function expectClose(client: TestClient, code: CloseCode, deadlineMs?: number): Promise<Closed> {
  const closed = await client.closed(deadlineMs);
  ensure(closed.code === code, `expected a close with ${code}, got ${closed.code} ${closed.reason}`);
  return closed;
}

/** Whether `actual` contains `expected`: objects by the named fields, lists completely. */
export function contains(actual: unknown, expected: unknown): boolean {
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected);
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual) !== Array.isArray(expected)) return false;
  if (Array.isArray(expected) && Array.isArray(actual) && actual.length !== expected.length) return false;
  const fields = new Map(Object.entries(actual));
  return Object.entries(expected).every(([name, value]) => contains(fields.get(name), value));
}
