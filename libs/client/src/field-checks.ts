import type { ServerData, ServerEventName } from '@white-rabbit/protocol';

/** Whether a value, which can be anything, has the form of a field. */
type Check = (value: unknown) => boolean;

/** The fields of each event of the server that this client uses. */
export const FIELD_CHECKS: { readonly [E in ServerEventName]: { readonly [F in keyof ServerData<E>]?: Check } } = {
  // A malformed nonce drops the connection instead of leaving it waiting.
  challenge: { nonce: (value) => value !== undefined },
  registered: { peer_id: isText },
  presence: { peers: isListOf(isPresence) },
  ring: { call_id: isText, peer_id: isText, resumes: optional(isText) },
  accept: { call_id: isText, ice_servers: optional(isListOf(isIceServer)) },
  reject: { call_id: isText, reason: isText },
  signal: { call_id: isText, signal: isObject },
  hangup: { call_id: isText, reason: isText },
  heartbeat: {},
  ack: { ice_servers: optional(isListOf(isIceServer)) },
  error: { code: isText, message: optional(isText), retry_after_ms: optional(isNumber) },
};

/** Whether all fields of an event have their form. A hostile server sends anything. */
export function hasItsFields(event: ServerEventName, data: object): boolean {
  const checks: Readonly<Record<string, Check | undefined>> = FIELD_CHECKS[event];
  const fields = data as Readonly<Record<string, unknown>>;
  return Object.entries(checks).every(([name, check]) => check?.(fields[name]) ?? true);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isPresence(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { peer_id, status } = value as { readonly peer_id?: unknown; readonly status?: unknown };
  return isText(peer_id) && isText(status);
}

function isIceServer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { urls, username, credential } = value as Readonly<Record<'urls' | 'username' | 'credential', unknown>>;
  return isListOf(isIceUrl)(urls) && optional(isText)(username) && optional(isText)(credential);
}

/** Anything else makes the constructor of a connection throw. */
function isIceUrl(value: unknown): boolean {
  return typeof value === 'string' && /^(stuns?|turns?):/.test(value);
}

function isListOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function optional(check: Check): Check {
  return (value) => value === undefined || check(value);
}
