import type { IdentityStore } from '@white-rabbit/client';

/** An empty store with the interface of `localStorage`. */
export function memoryStore(): IdentityStore {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
