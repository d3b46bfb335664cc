import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '../test/memory-store.js';
import { keepSettings, keptSettings } from './settings.js';

describe('The settings of the page', () => {
  it('are muted and without notifications until the user changes them', () => {
    expect(keptSettings(memoryStore())).toEqual({ notifications: false, sound: false });
  });

  it('are stored', () => {
    const store = memoryStore();
    keepSettings(store, { notifications: false, sound: true });
    expect(keptSettings(store)).toEqual({ notifications: false, sound: true });
  });

  it.each(['no json', 'null', '{"sound":"yes","notifications":1}'])(
    'are the defaults if the stored value is %j',
    (kept) => {
      expect(keptSettings({ getItem: () => kept, setItem: () => undefined })).toEqual({
        notifications: false,
        sound: false,
      });
    },
  );
});
