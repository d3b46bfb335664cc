import { CLIENT_EVENTS, type ClientData, type ClientEventName } from './client-events.js';
import type { ErrorCode } from './error-codes.js';
import { frameParts } from './frame-parts.js';
import { Ref } from './ids.js';

/** A frame from a client whose form was checked, its `data` not yet. */
export interface RawFrame {
  /** Name of the event as the client wrote it; any text. */
  readonly event: string;
  /** The fields that some event has, and of those only what the frame's own event is made of. */
  readonly data: Readonly<Record<string, unknown>> | undefined;
  readonly ref: Ref | undefined;
  /** The text of `data.signal` exactly as it came, where it is an object. */
  readonly signal: string | undefined;
}

/** A frame that is none. Carries what could be saved of it, so that the answer can be told apart by its client. */
export interface BadFrame {
  readonly code: Extract<ErrorCode, 'bad_message'>;
  readonly event: string;
  readonly ref: Ref | undefined;
}

/** What is wrong with the `data` of a frame; `message` names the field, never its value. */
export interface BadData {
  readonly code: Extract<ErrorCode, 'bad_data'>;
  readonly message: string;
}

/** Longest part of a client's own text that an answer repeats. Characters. */
const ECHO_LENGTH = 64;

/**
 * Reads the text of one frame: a JSON object `{"event": string, "data"?: object, "ref"?: string}`. Of a name that
 * stands twice the last one counts; unknown fields are ignored. Total: any text gives one of the two results, in a time
 * that depends on its length alone.
 */
export function parseFrame(text: string): RawFrame | BadFrame {
  const parts = frameParts(text);
  if (parts === undefined) return { code: 'bad_message', event: '', ref: undefined };
  const { event, data, ref } = parts;
  const ours = readRef(ref);
  if (typeof event !== 'string' || data === false || (ref !== undefined && ours === undefined)) {
    return { code: 'bad_message', event: typeof event === 'string' ? event.slice(0, ECHO_LENGTH) : '', ref: ours };
  }
  return { event, data: data?.fields, ref: ours, signal: data?.signal };
}

/** Whether there is such an event. */
export function isClientEvent(event: string): event is ClientEventName {
  return Object.hasOwn(CLIENT_EVENTS, event);
}

/** The name of an event as an answer may repeat it. */
export function echoOf(event: string): string {
  return event.slice(0, ECHO_LENGTH);
}

/** Checks `data` against the event's schema. Absent `data` is an empty one. */
export function readData<E extends ClientEventName>(event: E, data: object | undefined): ClientData<E> | BadData {
  const result = CLIENT_EVENTS[event].safeParse(data ?? {});
  if (result.success) return result.data as ClientData<E>; // zod loses which schema of the union it was
  const issue = result.error.issues[0];
  return { code: 'bad_data', message: `${issue?.path.join('.') ?? 'data'}: ${issue?.message ?? 'malformed'}` };
}

/**
 * Whether a list in `data` names more than `limit` different peers. To be asked before `readData`, which looks at each of
 * the thousands of names that fit a frame.
 */
export function namesMoreThan(limit: number, list: unknown): boolean {
  return Array.isArray(list) && list.length > limit && new Set(list).size > limit;
}

/** Tells a failed `readData` from a checked `data`: no event has a field `code`. */
export function isBadData(result: object): result is BadData {
  return 'code' in result;
}

function readRef(ref: unknown): Ref | undefined {
  if (ref === undefined) return undefined;
  const result = Ref.safeParse(ref);
  return result.success ? result.data : undefined;
}
