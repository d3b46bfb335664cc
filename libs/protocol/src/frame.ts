import { CLIENT_EVENTS, type ClientData, type ClientEventName } from './client-events.js';
import type { ErrorCode } from './error-codes.js';
import { frameParts } from './frame-parts.js';
import { Ref } from './ids.js';

/** A well-formed frame of a client whose `data` is not validated yet. */
export interface RawFrame {
  /** The name of the event as sent; any text. */
  readonly event: string;
  /** The fields of `data` that the event of the frame can have. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly ref: Ref | undefined;
  /** The exact text of `data.signal`, if it is an object. */
  readonly signal: string | undefined;
}

/** A malformed frame, with whatever `event` and `ref` could still be read, so that the client can match the error to its request. */
export interface BadFrame {
  readonly code: Extract<ErrorCode, 'bad_message'>;
  readonly event: string;
  readonly ref: Ref | undefined;
}

/** Why `data` is invalid. `message` names the field, never its value. */
export interface BadData {
  readonly code: Extract<ErrorCode, 'bad_data'>;
  readonly message: string;
}

/** A response repeats at most this much of a client's text. Characters. */
const ECHO_LENGTH = 64;

/**
 * Parses a frame: a JSON object `{"event": string, "data"?: object, "ref"?: string}`. The last value of a repeated name is
 * used; unknown fields are ignored. Never throws, and takes time in proportion to the length of the text.
 */
export function parseFrame(text: string): RawFrame | BadFrame {
  const parts = frameParts(text);
  if (parts === undefined) return { code: 'bad_message', event: '', ref: undefined };
  const { event, data, ref } = parts;
  const validRef = readRef(ref);
  if (typeof event !== 'string' || data === false || (ref !== undefined && validRef === undefined)) {
    return { code: 'bad_message', event: typeof event === 'string' ? event.slice(0, ECHO_LENGTH) : '', ref: validRef };
  }
  return { event, data: data?.fields, ref: validRef, signal: data?.signal };
}

/** Whether a client can send an event of this name. */
export function isClientEvent(event: string): event is ClientEventName {
  return Object.hasOwn(CLIENT_EVENTS, event);
}

/** The name of an event, cut to the length that a response repeats. */
export function echoOf(event: string): string {
  return event.slice(0, ECHO_LENGTH);
}

/** Validates `data` with the schema of the event. Absent `data` is an empty object. */
export function readData<E extends ClientEventName>(event: E, data: object | undefined): ClientData<E> | BadData {
  const result = CLIENT_EVENTS[event].safeParse(data ?? {});
  if (result.success) return result.data as ClientData<E>; // zod does not keep the type of the selected schema
  const issue = result.error.issues[0];
  return { code: 'bad_data', message: `${issue?.path.join('.') ?? 'data'}: ${issue?.message ?? 'malformed'}` };
}

/**
 * Whether a list in `data` names more than `limit` different peers. Call it before `readData`, which validates each of the
 * thousands of names that fit into a frame.
 */
export function namesMoreThan(limit: number, list: unknown): boolean {
  return Array.isArray(list) && list.length > limit && new Set(list).size > limit;
}

/** Whether `readData` failed. No event has a field `code`. */
export function isBadData(result: object): result is BadData {
  return 'code' in result;
}

function readRef(ref: unknown): Ref | undefined {
  if (ref === undefined) return undefined;
  const result = Ref.safeParse(ref);
  return result.success ? result.data : undefined;
}
