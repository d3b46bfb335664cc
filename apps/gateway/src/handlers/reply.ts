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
import type { Connection } from '../socket/connection.js';

/** What an answer repeats of the frame it answers. */
export type Asked = Pick<RawFrame, 'event' | 'ref'> & { readonly data?: object | undefined };

/** What may be said beside an error's code. */
export interface Remark {
  readonly message?: string;
  readonly retryAfterMs?: number;
}

/** What an `ack` brings along; asked only when one is sent. */
export type Enclosure = () => ServerData<'ack'> | undefined;

/** `ack`, only where the frame had a `ref`. */
export function acknowledge(connection: Connection, ref: Ref | undefined, enclosure?: Enclosure): void {
  if (ref !== undefined) connection.send(encodeAck(ref, enclosure?.()));
}

/** `error`, always. */
export function fail(connection: Connection, asked: Asked, code: ErrorCode, remark: Remark = {}): void {
  const details = { ...remark, callId: callIdOf(asked.data) };
  connection.send(encodeError(code, asked.event, asked.ref, details));
}

/** The one answer to a frame whose outcome is known. */
export function answer(connection: Connection, asked: Asked, outcome: Outcome, enclosure?: Enclosure): void {
  if (outcome === 'ok') acknowledge(connection, asked.ref, enclosure);
  else fail(connection, asked, outcome);
}

/** The same, now or once the other side's gateway has answered. */
export function answerWhenKnown(
  connection: Connection,
  asked: Asked,
  outcome: Outcome | Promise<Outcome>,
  enclosure?: Enclosure,
): void {
  if (!(outcome instanceof Promise)) {
    answer(connection, asked, outcome, enclosure);
    return;
  }
  outcome.then(
    (known) => {
      answer(connection, asked, known, enclosure);
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
