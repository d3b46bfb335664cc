import type { IdentityStore } from '@white-rabbit/client';

/** A `localStorage` of its own. */
export function memoryStore(): IdentityStore {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
