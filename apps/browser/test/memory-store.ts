import type { ProfileStore } from '../src/profile.js';

/** An empty store with the interface of `localStorage`. */
export function memoryStore(): ProfileStore {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
