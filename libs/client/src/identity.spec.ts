import { describe, expect, it } from '@jest/globals';
import { DeviceId, PeerId } from '@white-rabbit/protocol';
import { createIdentity, keepIdentity, type IdentityStore } from './identity.js';

function store(kept = new Map<string, string>()): IdentityStore {
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

describe('An identity in localStorage', () => {
  it('has unique names that the protocol accepts', () => {
    const made = Array.from({ length: 500 }, createIdentity);
    for (const { deviceId, peerId } of made) {
      expect(DeviceId.safeParse(deviceId).success).toBe(true);
      expect(PeerId.safeParse(peerId).success).toBe(true);
    }
    expect(new Set(made.flatMap(({ deviceId, peerId }) => [deviceId, peerId])).size).toBe(1_000);
  });

  it('is the same on every read of one key', () => {
    const localStorage = store();
    expect(keepIdentity(localStorage)).toEqual(keepIdentity(localStorage));
    expect(keepIdentity(localStorage, 'another')).not.toEqual(keepIdentity(localStorage));
  });

  it.each(['', '{}', 'null', '[]', '{"deviceId":"device-1","peerId":"short"}', '{"deviceId":7,"peerId":"peer-0001"}'])(
    'does not overwrite a stored value that is not an identity: %s',
    (text) => {
      const kept = new Map([['white-rabbit', text]]);
      expect(() => keepIdentity(store(kept))).toThrow('not an identity');
      expect(kept.get('white-rabbit')).toBe(text);
    },
  );
});
