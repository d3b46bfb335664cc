import { CLIENT_EVENTS, type ClientData, type ClientEventName } from './client-events.js';
import type { ErrorCode } from './error-codes.js';
import { Ref } from './ids.js';
import {
  expectEnd,
  firstThatIsNoString,
  isListAt,
  isObjectAt,
  skipBlanks,
  valueEnd,
  visitMembers,
  type Span,
} from './json-text.js';

/** A well-formed frame of a client whose `data` is not validated yet. */
export interface RawFrame {
  /** The name of the event as sent; any text. */
  readonly event: string;
  /**
   * The fields of `data` that some event has. What is in an object was not made, except for the texts of `proof`, and what is
   * in a list only for the events that have lists: such a field is empty.
   */
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

const PARTS = byLength(['event', 'ref', 'data']);
/** The names of all fields in the `data` of any event. */
const FIELDS = byLength([...new Set(Object.values(CLIENT_EVENTS).flatMap(({ shape }) => Object.keys(shape)))]);
/** The only field that is an object and not a signal, and its fields. */
const OBJECT = 'proof';
const OBJECT_FIELDS = byLength(Object.keys(CLIENT_EVENTS.register.shape.proof.unwrap().shape));
/** The events whose `data` contains lists. */
const WITH_LISTS: ReadonlySet<string> = new Set<ClientEventName>(['register', 'contacts']);

/** The length of the longest name above, with each character as an escape sequence of six characters. */
const LONGEST_NAME = (FIELDS.length - 1) * 6;

/** Represents an object that is not parsed. */
const OPAQUE: object = Object.freeze({});

/**
 * Parses a frame: a JSON object `{"event": string, "data"?: object, "ref"?: string}`. The last value of a repeated name is
 * used, as in `JSON.parse`; unknown fields are ignored. Only used values are created, so the time depends only on the length
 * of the text. Never throws.
 */
export function parseFrame(text: string): RawFrame | BadFrame {
  try {
    return readFrame(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { code: 'bad_message', event: '', ref: undefined };
    throw error;
  }
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

/** @throws SyntaxError if the text is not a JSON object. */
function readFrame(text: string): RawFrame | BadFrame {
  let event: Span | undefined;
  let ref: Span | undefined;
  let data: Span | undefined;
  let fields = new Map<string, Span>();
  const end = visitMembers(text, skipBlanks(text, 0), (nameStart, nameEnd, start) => {
    const name = nameIn(text, PARTS, nameStart, nameEnd);
    if (name === 'data' && isObjectAt(text, start)) fields = new Map();
    const value = { start, end: name === 'data' ? dataEnd(text, start, fields) : valueEnd(text, start) };
    if (name === 'event') event = value;
    else if (name === 'ref') ref = value;
    else if (name === 'data') data = value;
    return value.end;
  });
  expectEnd(text, end);
  const name = event && scalar(text, event);
  const validRef = ref && Ref.safeParse(scalar(text, ref)).data;
  if (typeof name !== 'string' || (data && !isObjectAt(text, data.start)) || (ref && validRef === undefined)) {
    return { code: 'bad_message', event: typeof name === 'string' ? echoOf(name) : '', ref: validRef };
  }
  const signal = fields.get('signal');
  return {
    event: name,
    data: data && valuesOf(text, fields, WITH_LISTS.has(name)),
    ref: validRef,
    signal: signal && isObjectAt(text, signal.start) ? textOf(text, signal) : undefined,
  };
}

/** Records the position of each field in the object at `start`. Returns the position after the object. */
function dataEnd(text: string, start: number, fields: Map<string, Span>): number {
  if (!isObjectAt(text, start)) return valueEnd(text, start);
  return visitMembers(text, start, (nameStart, nameEnd, valueStart) => {
    const name = nameIn(text, FIELDS, nameStart, nameEnd);
    const end = valueEnd(text, valueStart);
    if (name !== undefined) fields.set(name, { start: valueStart, end });
    return end;
  });
}

function valuesOf(text: string, spans: ReadonlyMap<string, Span>, withLists: boolean): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, span] of spans) {
    if (withLists && isListAt(text, span.start)) fields[name] = list(text, span);
    else if (name === OBJECT && isObjectAt(text, span.start)) fields[name] = objectOf(text, span);
    else fields[name] = scalar(text, span);
  }
  return fields;
}

/** The known fields of an object that are neither objects nor lists. */
function objectOf(text: string, span: Span): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  visitMembers(text, span.start, (nameStart, nameEnd, start) => {
    const name = nameIn(text, OBJECT_FIELDS, nameStart, nameEnd);
    const end = valueEnd(text, start);
    if (name !== undefined) fields[name] = scalar(text, { start, end });
    return end;
  });
  return fields;
}

/** The value, if it is not an object or a list. Never a slice of the text, which would keep the text in memory. */
function scalar(text: string, span: Span): unknown {
  if (isObjectAt(text, span.start)) return OPAQUE;
  return isListAt(text, span.start) ? [] : JSON.parse(textOf(text, span));
}

/** A list of strings. If an item is not a string, the items before it and `null` for it. */
function list(text: string, span: Span): unknown {
  const other = firstThatIsNoString(text, span.start);
  return JSON.parse(other < 0 ? textOf(text, span) : `${text.slice(span.start, other)}null]`);
}

function textOf(text: string, { start, end }: Span): string {
  return text.slice(start, end);
}

type NamesByLength = readonly (readonly string[] | undefined)[];

function byLength(names: readonly string[]): NamesByLength {
  const table: (string[] | undefined)[] = [];
  for (const name of names) (table[name.length] ??= []).push(name);
  // No holes, because the table is read for every name of a frame.
  return Array.from(table, (sameLength) => sameLength ?? []);
}

/** The name at this position, also if it has escape sequences. `undefined` if it is not a used name. */
function nameIn(text: string, names: NamesByLength, start: number, end: number): string | undefined {
  const plain = nameAt(text, names[end - start], start);
  if (plain !== undefined || end - start > LONGEST_NAME) return plain;
  const written = text.slice(start, end);
  if (!written.includes('\\')) return undefined;
  const name = JSON.parse(`"${written}"`) as string;
  return names[name.length]?.find((known) => known === name);
}

function nameAt(text: string, names: readonly string[] | undefined, start: number): string | undefined {
  if (names === undefined) return undefined;
  for (const name of names) if (text.startsWith(name, start)) return name;
  return undefined;
}
