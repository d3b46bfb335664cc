/** The two names that a client generates once and keeps. A license is bound to them. */
export interface Identity {
  /** Names this device. Only the server sees it. */
  readonly deviceId: string;
  /** The address of this peer. Other peers need it to call. */
  readonly peerId: string;
}

/** The part of `localStorage` that the SDK uses. */
export interface IdentityStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** Generates a new identity. */
export function createIdentity(): Identity {
  return { deviceId: randomName('device'), peerId: randomName('peer') };
}

/**
 * Reads the identity stored under `key` in `localStorage` or a similar store. If there is none, generates and stores one.
 *
 * @throws Error if the stored value is not an identity. The value is not overwritten.
 */
export function keepIdentity(store: IdentityStore, key = 'white-rabbit'): Identity {
  const kept = store.getItem(key);
  if (kept !== null) return parseIdentity(kept);
  const identity = createIdentity();
  store.setItem(key, JSON.stringify(identity));
  return identity;
}

/** Parses a stored identity. @throws Error if the text is not an identity. */
export function parseIdentity(text: string): Identity {
  const { deviceId, peerId } = parseObject(text);
  if (!isName(deviceId) || !isName(peerId)) throw new Error('The stored value is not an identity.');
  return { deviceId, peerId };
}

function parseObject(text: string): Partial<Record<keyof Identity, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether the value has the form of a `device_id` or a `peer_id` (docs/protocol.md, section 2). */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{8,128}$/.test(value);
}

/** 18 random bytes (144 bits) make a collision practically impossible. */
const RANDOM_BYTES = 18;

/** `prefix-` and 24 random characters of `A–Z a–z 0–9 _ -`. Valid as a `device_id`, a `peer_id` and a `call_id`. */
export function randomName(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  const tail = btoa(String.fromCharCode(...bytes));
  return `${prefix}-${tail.replaceAll('+', '-').replaceAll('/', '_')}`;
}
