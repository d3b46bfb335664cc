import { HangupReason, RejectReason, type CallId, type PeerId, type SessionId } from '@white-rabbit/protocol';

/** Fields of every call message: the call, the sending session and the receiving session. */
interface Between {
  readonly call: CallId;
  readonly from: SessionId;
  readonly to: SessionId;
}

/** A message from the node of one call leg to the node of the other. */
export type CallMessage = Between &
  (
    | { readonly kind: 'ring'; /** The caller. */ readonly peer: PeerId }
    | { readonly kind: 'accept' }
    | { readonly kind: 'reject'; readonly reason: RejectReason }
    | { readonly kind: 'signal'; /** The text of the object as it was received. */ readonly signal: string }
    | { readonly kind: 'end'; readonly reason: HangupReason }
  );

/** A message from one node to another: about a call, or that a newer session took the peer of one of its sessions. */
export type NodeMessage = CallMessage | { readonly kind: 'displaced'; readonly session: SessionId };

/**
 * The text of a message: kind, ids and a last field, separated by spaces, which no id contains. A signal follows on
 * its own line as the bytes that were received, so that it is never encoded again.
 */
export function encodeNodeMessage(message: NodeMessage): string {
  if (message.kind === 'displaced') return `displaced ${message.session}`;
  const head = `${message.kind} ${message.call} ${message.from} ${message.to}`;
  switch (message.kind) {
    case 'signal':
      return `${head}\n${message.signal}`;
    case 'ring':
      return `${head} ${message.peer}`;
    case 'accept':
      return head;
    case 'reject':
    case 'end':
      return `${head} ${message.reason}`;
  }
}

const MESSAGE = /^([a-z]{3,9}) ([\w-]{8,64})(?: ([\w-]{8,64}) ([\w-]{8,64})(?: ([\w-]{1,128}))?)?$/;

/**
 * Parses a message; returns `undefined` for any text that is not a valid message, of whatever length or version. The
 * fields of a valid message are safe to write into a frame: ids contain only characters of their own alphabet, and a
 * signal has at least the form of an object.
 */
export function decodeNodeMessage(text: string): NodeMessage | undefined {
  const line = text.indexOf('\n');
  const fields = MESSAGE.exec(line < 0 ? text : text.slice(0, line));
  if (fields === null) return undefined;
  const [, kind, first, from, to, last] = fields;
  if (first === undefined) return undefined;
  if (from === undefined || to === undefined) {
    // The casts here and below are correct because the pattern above has matched.
    return kind === 'displaced' && line < 0 ? { kind, session: first as SessionId } : undefined;
  }
  const between = { call: first as CallId, from: from as SessionId, to: to as SessionId };
  if (line >= 0) return kind === 'signal' && last === undefined ? signal(between, text.slice(line + 1)) : undefined;
  return last === undefined ? accept(kind, between) : withLast(kind, between, last);
}

function signal(between: Between, raw: string): CallMessage | undefined {
  if (!raw.startsWith('{') || !raw.endsWith('}')) return undefined;
  return { kind: 'signal', ...between, signal: raw };
}

function accept(kind: string | undefined, between: Between): CallMessage | undefined {
  return kind === 'accept' ? { kind, ...between } : undefined;
}

const PEER_LENGTH_MIN = 8;

function withLast(kind: string | undefined, between: Between, last: string): CallMessage | undefined {
  switch (kind) {
    case 'ring':
      return last.length < PEER_LENGTH_MIN ? undefined : { kind, ...between, peer: last as PeerId };
    case 'reject': {
      const reason = RejectReason.safeParse(last).data;
      return reason && { kind, ...between, reason };
    }
    case 'end': {
      const reason = HangupReason.safeParse(last).data;
      return reason && { kind, ...between, reason };
    }
    case undefined:
    default:
      return undefined;
  }
}
