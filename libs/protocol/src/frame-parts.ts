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

/** The used parts of a frame. A part is `undefined` if the frame does not have it. */
export interface FrameParts {
  readonly event: unknown;
  readonly ref: unknown;
  /** `false` if it is not an object. */
  readonly data: FrameData | false | undefined;
}

/** `data` of a frame. */
export interface FrameData {
  /**
   * The fields that some event has. What is in an object was not made, and what is in a list only for the events that
   * have lists: such a field is empty.
   */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The text of `signal` exactly as it was received, if it is an object. */
  readonly signal: string | undefined;
}

const PARTS = byLength(['event', 'ref', 'data']);
/** The names of all fields in the `data` of any event. */
const FIELDS = byLength([
  'license_key',
  'device_id',
  'peer_id',
  'contacts',
  'transfer',
  'add',
  'remove',
  'call_id',
  'reason',
  'signal',
  'ack',
]);
/** The events whose `data` contains lists. */
const WITH_LISTS: ReadonlySet<unknown> = new Set(['register', 'contacts']);

/** The length of the longest name above; each character can be an escape sequence of six characters. */
const LONGEST_NAME = 'license_key'.length * 6;

/** Represents an object that is not parsed. */
const OPAQUE: object = Object.freeze({});

/**
 * Splits the text of a frame into its parts. The last value of a repeated name is used, as in `JSON.parse`. Only used values
 * are created, so that the time depends only on the length of the text. `undefined` if the text is not a JSON object.
 */
export function frameParts(text: string): FrameParts | undefined {
  try {
    return partsOf(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function partsOf(text: string): FrameParts {
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
  const eventValue = event && scalar(text, event);
  return { event: eventValue, ref: ref && scalar(text, ref), data: data && dataOf(text, data, fields, eventValue) };
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

function dataOf(text: string, data: Span, spans: ReadonlyMap<string, Span>, event: unknown): FrameData | false {
  if (!isObjectAt(text, data.start)) return false;
  const fields: Record<string, unknown> = {};
  for (const [name, span] of spans) {
    fields[name] = isListAt(text, span.start) && WITH_LISTS.has(event) ? list(text, span) : scalar(text, span);
  }
  const signal = spans.get('signal');
  return { fields, signal: signal && isObjectAt(text, signal.start) ? textOf(text, signal) : undefined };
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
