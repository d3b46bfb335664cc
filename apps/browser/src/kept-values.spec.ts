import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '../test/memory-store.js';
import { SafeStore, type KeyValueStore } from './kept-values.js';

function blocked(): KeyValueStore {
  throw new Error('The user has blocked the storage.');
}

describe('SafeStore', () => {
  it('keeps values in the store of the browser', () => {
    const store = memoryStore();
    const safe = new SafeStore(() => store);
    safe.setItem('tea', 'green');
    expect([store.getItem('tea'), safe.getItem('tea'), safe.getItem('cake')]).toEqual(['green', 'green', null]);
    expect(safe.hasRefused).toBe(false);
  });

  it('keeps values until the page ends if the browser has no store', () => {
    const safe = new SafeStore(blocked);
    expect([safe.getItem('tea'), safe.hasRefused]).toEqual([null, false]);
    safe.setItem('tea', 'green');
    expect([safe.getItem('tea'), safe.hasRefused]).toEqual(['green', true]);
  });

  it('keeps a value that is refused instead of the stored one, until the browser stores it', () => {
    const store = memoryStore();
    let isFull = false;
    const full: KeyValueStore = {
      getItem: (key) => store.getItem(key),
      setItem: (key, value) => (isFull ? blocked() : store).setItem(key, value),
    };
    const safe = new SafeStore(() => full);
    safe.setItem('tea', 'green');
    isFull = true;
    safe.setItem('tea', 'black');
    expect([safe.getItem('tea'), safe.hasRefused]).toEqual(['black', true]);
    isFull = false;
    safe.setItem('tea', 'white');
    expect([store.getItem('tea'), safe.getItem('tea'), safe.hasRefused]).toEqual(['white', 'white', false]);
  });
});
