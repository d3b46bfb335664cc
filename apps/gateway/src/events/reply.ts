import {
  CallId,
  encodeAck,
  encodeError,
  type ErrorCode,
  type RawFrame,
  type Ref,
  type ServerData,
} from '@white-rabbit/protocol';
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
function acknowledge(connection: Connection, ref: Ref | undefined, ackData?: AckData): void {
  if (ref !== undefined) connection.send(encodeAck(ref, ackData?.()));
}

/** Sends `error`, with or without a `ref`. */
export function fail(connection: Connection, asked: RequestMeta, code: ErrorCode, details: ErrorDetails = {}): void {
  connection.send(encodeError(code, asked.event, asked.ref, { ...details, callId: callIdOf(asked.data) }));
}

/** Sends the only answer to a frame whose outcome is known. */
export function answer(connection: Connection, asked: RequestMeta, outcome: Outcome, ackData?: AckData): void {
  if (outcome === 'ok') acknowledge(connection, asked.ref, ackData);
  else fail(connection, asked, outcome);
}

/** Like `answer`, now or when the other side's gateway has answered. */
export function answerWhenKnown(
  connection: Connection,
  asked: RequestMeta,
  outcome: Outcome | Promise<Outcome>,
  ackData?: AckData,
): void {
  if (!(outcome instanceof Promise)) {
    answer(connection, asked, outcome, ackData);
    return;
  }
  outcome.then(
    (known) => {
      answer(connection, asked, known, ackData);
    },
    () => {
      fail(connection, asked, 'internal');
    },
  );
}

function callIdOf(data: object | undefined): CallId | undefined {
  if (data === undefined || !('call_id' in data)) return undefined;
  const result = CallId.safeParse(data.call_id);
  return result.success ? result.data : undefined;
}
