import type {
  CallId,
  ClientEventName,
  CLIENT_EVENTS,
  DeviceId,
  PeerId,
  ServerData,
  ServerEventName,
  SessionId,
} from '@white-rabbit/protocol';

/** The protocol's shapes as a client writes and reads them: its branded names are plain strings. */
export type Plain<T> = T extends PeerId | DeviceId | CallId | SessionId
  ? string
  : T extends string | number | boolean | undefined
    ? T
    : { readonly [K in keyof T]: Plain<T[K]> };

/** `data` of an event to the server. */
export type Sent<E extends ClientEventName> = Plain<(typeof CLIENT_EVENTS)[E]['_zod']['input']>;

/** One event of the server. */
export type ServerFrame<E extends ServerEventName = ServerEventName> = {
  readonly [N in E]: { readonly event: N; readonly data: Plain<ServerData<N>>; readonly ref?: string };
}[E];

/** The fields a frame must have for this client to use it. */
const NEEDED: { readonly [E in ServerEventName]: readonly (keyof ServerData<E>)[] } = {
  registered: ['peer_id'],
  presence: ['peers'],
  ring: ['call_id', 'peer_id'],
  accept: ['call_id'],
  reject: ['call_id', 'reason'],
  signal: ['call_id', 'signal'],
  hangup: ['call_id', 'reason'],
  heartbeat: [],
  ack: [],
  error: ['code'],
};

/** The text of a frame to the server. */
export function encodeFrame<E extends ClientEventName>(event: E, data: Sent<E>, ref?: string): string {
  return JSON.stringify({ event, data, ref });
}

/** Reads a frame of the server. `undefined` for what this version does not know: it is to be ignored. */
export function decodeFrame(text: unknown): ServerFrame | undefined {
  const frame = parse(text);
  if (!frame || !isKnown(frame.event) || !isObject(frame.data)) return undefined;
  const { data } = frame;
  const complete = NEEDED[frame.event].every((field) => field in data);
  // The decoding edge: what the server sends is its own schemas' output, the field names were just checked.
  return complete ? (frame as unknown as ServerFrame) : undefined;
}

interface LooseFrame {
  readonly event?: unknown;
  readonly data?: unknown;
}

function parse(text: unknown): LooseFrame | undefined {
  try {
    const frame: unknown = JSON.parse(String(text));
    return isObject(frame) ? frame : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(event: unknown): event is ServerEventName {
  return typeof event === 'string' && Object.hasOwn(NEEDED, event);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
