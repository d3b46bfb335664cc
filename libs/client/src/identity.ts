import { randomName } from './random-name.js';

/** The two names that a client makes for itself, once, and keeps: a license is bound to them. */
export interface Identity {
  /** This device. Known to the server only. */
  readonly deviceId: string;
  /** Where others call. To be given to friends. */
  readonly peerId: string;
}

/** The part of `localStorage` that is used here. */
export interface IdentityStore {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** New names, which nobody else has. */
export function createIdentity(): Identity {
  return { deviceId: randomName('device'), peerId: randomName('peer') };
}

/**
 * The identity kept in `localStorage` (or what is like it) under `key`; made there at first.
 *
 * @throws Error where something else is kept there: it is not overwritten.
 */
export function keepIdentity(store: IdentityStore, key = 'white-rabbit'): Identity {
  const kept = store.getItem(key);
  if (kept !== null) return parseIdentity(kept);
  const identity = createIdentity();
  store.setItem(key, JSON.stringify(identity));
  return identity;
}

/** Reads what was kept. @throws Error where it is no identity. */
export function parseIdentity(text: string): Identity {
  const { deviceId, peerId } = parseObject(text);
  if (!isName(deviceId) || !isName(peerId)) throw new Error('What is kept here is no identity.');
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

/** Whether it may be a `device_id` or a `peer_id` (PROTOCOL.md, section 2). */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{8,128}$/.test(value);
}
