import { CallId, encodeAck, encodeError, type ErrorCode, type RawFrame, type ServerData } from '@white-rabbit/protocol';
import type { Outcome } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';

/** A promise if the frame has to wait for a back end; the next frame of the connection then waits too. */
export type Handled = Promise<void> | undefined;

/** The parts of a frame that its answer repeats. */
export type RequestMeta = Pick<RawFrame, 'event' | 'ref'> & { readonly data?: object | undefined };

/** Optional details beside an error's code. */
export interface ErrorDetails {
  readonly message?: string;
  readonly retryAfterMs?: number;
}

/** The data of an `ack`; called only when an `ack` is sent. */
export type AckData = () => ServerData<'ack'> | undefined;

/** Sends `ack` if the frame had a `ref`. */
export function acknowledge(connection: Connection, { ref }: RequestMeta, ackData?: AckData): void {
  if (ref !== undefined) connection.send(encodeAck(ref, ackData?.()));
}

/** Sends `error`, with or without a `ref`. */
export function fail(connection: Connection, asked: RequestMeta, code: ErrorCode, details: ErrorDetails = {}): void {
  connection.send(encodeError(code, asked.event, asked.ref, { ...details, callId: callIdOf(asked.data) }));
}

/** Sends the only answer to a frame whose outcome is known. */
export function answer(connection: Connection, asked: RequestMeta, outcome: Outcome): void {
  if (outcome === 'ok') acknowledge(connection, asked);
  else fail(connection, asked, outcome);
}

/** Like `answer`, now or when the other side's gateway has answered. */
export function answerWhenKnown(connection: Connection, asked: RequestMeta, outcome: Outcome | Promise<Outcome>): void {
  whenKnown(connection, asked, outcome, (known) => {
    answer(connection, asked, known);
  });
}

/** The same for a frame whose `ack` the caller sends itself, because the ack must not wait for a promise. */
export function failWhenKnown(connection: Connection, asked: RequestMeta, outcome: Outcome | Promise<Outcome>): void {
  whenKnown(connection, asked, outcome, (known) => {
    if (known !== 'ok') fail(connection, asked, known);
  });
}

function whenKnown(
  connection: Connection,
  asked: RequestMeta,
  outcome: Outcome | Promise<Outcome>,
  then: (known: Outcome) => void,
): void {
  if (!(outcome instanceof Promise)) {
    then(outcome);
    return;
  }
  outcome.then(then, () => {
    fail(connection, asked, 'internal');
  });
}

function callIdOf(data: object | undefined): CallId | undefined {
  if (data === undefined || !('call_id' in data)) return undefined;
  const result = CallId.safeParse(data.call_id);
  return result.success ? result.data : undefined;
}
