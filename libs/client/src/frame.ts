import type {
  CallId,
  ClientEventName,
  CLIENT_EVENTS,
  DeviceId,
  Nonce,
  PeerId,
  ServerData,
  ServerEventName,
  SessionId,
} from '@white-rabbit/protocol';

/** A type of the protocol with plain strings instead of branded ones. */
export type Plain<T> = T extends PeerId | DeviceId | CallId | SessionId | Nonce
  ? string
  : T extends string | number | boolean | undefined
    ? T
    : { readonly [K in keyof T]: Plain<T[K]> };

/** `data` of an event that the client sends. */
export type Sent<E extends ClientEventName> = Plain<(typeof CLIENT_EVENTS)[E]['_zod']['input']>;

/** An event that the server sends. `challenge` comes only if the server selected the subprotocol with proof. */
export type ServerFrame<E extends ServerEventName = ServerEventName> = {
  readonly [N in E]: { readonly event: N; readonly data: Plain<ServerData<N>>; readonly ref?: string };
}[E];

/** The fields without which this client ignores a frame. */
const NEEDED: { readonly [E in ServerEventName]: readonly (keyof ServerData<E>)[] } = {
  challenge: ['nonce'],
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

/** Encodes a frame for the server. */
export function encodeFrame<E extends ClientEventName>(event: E, data: Sent<E>, ref?: string): string {
  return JSON.stringify({ event, data, ref });
}

/** Decodes a frame of the server. `undefined` if it is malformed or unknown to this version; such a frame is ignored. */
export function decodeFrame(text: unknown): ServerFrame | undefined {
  const frame = parse(text);
  if (!frame || !isKnown(frame.event) || !isObject(frame.data)) return undefined;
  const { data } = frame;
  const complete = NEEDED[frame.event].every((field) => field in data);
  // Cast at the decoding edge: the server sends the output of its schemas, and the field names are checked above.
  return complete ? (frame as unknown as ServerFrame) : undefined;
}

/** A STUN or TURN server in the form of `RTCIceServer`, which browsers and werift accept. */
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

/** Reads the `ice_servers` of an `accept` or of its `ack`. Empty if the server offers none. */
export function readIceServers(offered: ServerFrame<'accept'>['data']['ice_servers'] = []): readonly IceServer[] {
  return offered.map(({ urls, username, credential }) => ({
    urls: [...urls],
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  }));
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
