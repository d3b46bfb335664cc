import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '../test/memory-store.js';
import { keepBlocked, keptBlocked } from './blocked-peers.js';

describe('Blocked peers', () => {
  it('are stored for each profile name, in every Unicode form of it', () => {
    const store = memoryStore();
    keepBlocked(store, '앨리스', ['peer-of-mallory']);
    expect(keptBlocked(store, '앨리스'.normalize('NFD'))).toEqual(['peer-of-mallory']);
    expect(keptBlocked(store, 'bob')).toEqual([]);
  });

  it.each(['no json', 'null', '{}', '[1]', '["?"]'])('are none if the stored value is %j', (kept) => {
    expect(keptBlocked({ getItem: () => kept, setItem: () => undefined }, 'alice')).toEqual([]);
  });
});
