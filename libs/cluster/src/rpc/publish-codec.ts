import { HangupReason, RejectReason, type CallId, type PeerId, type SessionId } from '@white-rabbit/protocol';
import { isAnswer, type CallMessage, type NodeId } from '@white-rabbit/signaling';
import { BUS_TEXT_BYTES } from '../bus.js';
import type { AnswerRun, NodeMessage } from './node-message.js';

/**
 * The text of a publish, without JSON because it is the path of every signal between nodes: a header line, then any
 * number of messages, each a line and, for a signal, the text of the signal as the client sent it.
 *
 *     <version> <sender> <sequence> <sentMs> <wallMs>
 *     <kind> <request id> <patience> <length> <fields …>
 *     <a signal of that length>
 *
 * Numbers are decimal, ids contain neither spaces nor line feeds, lengths count UTF-16 code units.
 */
export interface Publish {
  readonly from: NodeId;
  /** Number of this publish among those of the sender to this receiver. */
  readonly sequence: number;
  /** Sent at, by the sender's monotonic clock, whole ms: comparable with other publishes of that sender only. */
  readonly sentMs: number;
  /** Sent at, by the sender's wall clock, whole ms since 1970: for the lag metric only. */
  readonly wallMs: number;
  readonly messages: readonly ReceivedMessage[];
}

/** One message of a publish. */
export interface ReceivedMessage {
  /** The sender's id of the request; 0 if it expects no answer. */
  readonly id: number;
  /** How long an `ok` may wait for other answers, because no client waits for it. Ms. */
  readonly patienceMs: number;
  /** `undefined`: a kind or a field that this version does not have. The messages behind it can be decoded. */
  readonly message: NodeMessage | undefined;
}

/** Why a whole text was ignored. */
export type Unreadable = 'malformed' | 'version' | 'oversized';

/**
 * The version of the header and of the message lines. A new kind or field needs no new version: a receiver that does
 * not have it answers `internal`.
 */
const VERSION = '1';

/** Longest header line: version, a node id of 128, three numbers of 16 digits, separators. */
export const HEADER_CHARS = VERSION.length + 1 + 128 + 3 * 17 + 1;

/** Most requests in one run of answers. */
export const RUN_LENGTH_MAX = 10_000;

/** Longest run of answers as text: an error code, two numbers of 16 digits, separators. */
export const RUN_CHARS = 64;

const HEADER = /^1 ([\w-]{1,128}) (0|[1-9]\d{0,15}) (0|[1-9]\d{0,15}) (0|[1-9]\d{0,15})\n/;
const OTHER_VERSION = /^\d{1,9} /;
const LINE = /([a-z]{3,12}) (0|[1-9]\d{0,15}) (0|[1-9]\d{0,3}) (0|[1-9]\d{0,5})((?: [\w-]+)*)\n/y;

/** The header line. */
export function encodeHeader({ from, sequence, sentMs, wallMs }: Omit<Publish, 'messages'>): string {
  return `${VERSION} ${from} ${sequence} ${Math.floor(sentMs)} ${Math.floor(wallMs)}\n`;
}

/** One message, to be placed behind a header. `id`: 0 if no answer is expected. `patienceMs`: below 10,000. */
export function encodeMessage(message: NodeMessage, id = 0, patienceMs = 0): string {
  const body = message.kind === 'signal' ? message.signal : '';
  return `${message.kind} ${id} ${patienceMs} ${body.length}${fieldsOf(message)}\n${body}`;
}

function fieldsOf(message: NodeMessage): string {
  switch (message.kind) {
    case 'drain':
    case 'probe':
      return '';
    case 'displaced':
      return ` ${message.session}`;
    case 'response':
      return message.runs.map(({ answer, first, last }) => ` ${answer} ${first} ${last}`).join('');
    case 'ring':
      return ` ${message.call} ${message.from} ${message.to} ${message.peer}${optional(message.resumes)}`;
    case 'accept':
    case 'signal':
      return ` ${message.call} ${message.from} ${message.to}`;
    case 'reject':
    case 'end':
      return ` ${message.call} ${message.from} ${message.to} ${message.reason}`;
  }
}

/** An optional field is the last one. */
function optional(field: string | undefined): string {
  return field === undefined ? '' : ` ${field}`;
}

/** Never throws, for any text. The fields of a valid message are safe to write into a frame. */
export function decodePublish(text: string): Publish | Unreadable {
  if (text.length > BUS_TEXT_BYTES) return 'oversized';
  const head = HEADER.exec(text);
  if (head === null) return OTHER_VERSION.test(text) && !text.startsWith(`${VERSION} `) ? 'version' : 'malformed';
  const [line, from] = head;
  const [sequence, sentMs, wallMs] = [Number(head[2]), Number(head[3]), Number(head[4])];
  const isWhole = Number.isSafeInteger(sequence) && Number.isSafeInteger(sentMs) && Number.isSafeInteger(wallMs);
  const messages = isWhole && sequence > 0 ? decodeMessages(text, line.length) : undefined;
  return messages === undefined ? 'malformed' : { from: from as NodeId, sequence, sentMs, wallMs, messages };
}

function decodeMessages(text: string, start: number): readonly ReceivedMessage[] | undefined {
  const messages: ReceivedMessage[] = [];
  for (let at = start; at < text.length;) {
    LINE.lastIndex = at;
    const line = LINE.exec(text);
    if (line === null) return undefined;
    const [whole, kind = '', idText, patience, length, fields = ''] = line;
    const id = Number(idText);
    const body = at + whole.length;
    at = body + Number(length);
    if (at > text.length || !Number.isSafeInteger(id)) return undefined;
    messages.push({
      id,
      patienceMs: Number(patience),
      message: messageOf(kind, fields.split(' '), text.slice(body, at)),
    });
  }
  return messages;
}

/** `fields`: the first one is empty. The casts here and below are correct, because the form of the ids is checked. */
function messageOf(kind: string, fields: readonly string[], body: string): NodeMessage | undefined {
  if (body !== '' && kind !== 'signal') return undefined;
  switch (kind) {
    case 'response':
      return responseOf(fields);
    case 'displaced':
      return fields.length === 2 && isName(fields[1]) ? { kind, session: fields[1] as SessionId } : undefined;
    case 'drain':
    case 'probe':
      return fields.length === 1 ? { kind } : undefined;
    default:
      return callMessageOf(kind, fields, body);
  }
}

function callMessageOf(kind: string, fields: readonly string[], signal: string): CallMessage | undefined {
  const [, call, from, to, last, resumes] = fields;
  if (fields.length > (kind === 'ring' ? 6 : 5) || !isName(call) || !isName(from) || !isName(to)) return undefined;
  const between = { call: call as CallId, from: from as SessionId, to: to as SessionId };
  switch (kind) {
    case 'signal':
      if (last !== undefined || !signal.startsWith('{') || !signal.endsWith('}')) return undefined;
      return { kind, call: between.call, from: between.from, to: between.to, signal };
    case 'accept':
      return last === undefined ? { kind, ...between } : undefined;
    case 'ring':
      if (!isName(last, 128) || (resumes !== undefined && !isName(resumes))) return undefined;
      return { kind, ...between, peer: last as PeerId, ...(resumes !== undefined && { resumes: resumes as CallId }) };
    case 'reject': {
      const reason = RejectReason.safeParse(last).data;
      return reason && { kind, ...between, reason };
    }
    case 'end': {
      const reason = HangupReason.safeParse(last).data;
      return reason && { kind, ...between, reason };
    }
    default:
      return undefined;
  }
}

/** Whether a field has the length of an id. The pattern of the line has checked its characters. */
function isName(field: string | undefined, max = 64): field is string {
  return field !== undefined && field.length >= 8 && field.length <= max;
}

function responseOf(fields: readonly string[]): NodeMessage | undefined {
  const runs: AnswerRun[] = [];
  for (let at = 1; at < fields.length; at += 3) {
    const [answer = '', first, last] = [fields[at], wholeNumber(fields[at + 1]), wholeNumber(fields[at + 2])];
    if (first < 1 || last < first || last - first >= RUN_LENGTH_MAX) return undefined;
    // A node of another version may send answers that this version does not have.
    runs.push({ answer: isAnswer(answer) ? answer : 'internal', first, last });
  }
  return { kind: 'response', runs };
}

/** -1 if the field is not the decimal form of a positive safe integer. */
function wholeNumber(field: string | undefined): number {
  const value = field !== undefined && /^[1-9]\d{0,15}$/.test(field) ? Number(field) : -1;
  return Number.isSafeInteger(value) ? value : -1;
}
