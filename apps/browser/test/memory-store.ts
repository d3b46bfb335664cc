import type { KeyValueStore } from '../src/kept-values.js';

/** An empty store with the interface of `localStorage`. */
export function memoryStore(): KeyValueStore {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}
