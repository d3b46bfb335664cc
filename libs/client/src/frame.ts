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
import { FIELD_CHECKS, hasItsFields, isObject } from './field-checks.js';
import type { IceServer } from './protocol-types.js';

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

/** Encodes a frame for the server. */
export function encodeFrame<E extends ClientEventName>(event: E, data: Sent<E>, ref?: string): string {
  return JSON.stringify({ event, data, ref });
}

/** Decodes a frame of the server. `undefined` if it is malformed or unknown to this version; such a frame is ignored. */
export function decodeFrame(text: unknown): ServerFrame | undefined {
  const frame = parse(text);
  if (!frame || !isKnown(frame.event) || !isObject(frame.data)) return undefined;
  const isWhole = hasItsFields(frame.event, frame.data) && (frame.ref === undefined || typeof frame.ref === 'string');
  // Cast at the decoding edge: the fields that this client uses are checked above.
  return isWhole ? (frame as unknown as ServerFrame) : undefined;
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
  readonly ref?: unknown;
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
  return typeof event === 'string' && Object.hasOwn(FIELD_CHECKS, event);
}
