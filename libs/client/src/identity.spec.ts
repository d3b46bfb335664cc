import { describe, expect, it } from '@jest/globals';
import { DeviceId, PeerId } from '@white-rabbit/protocol';
import { createIdentity } from './identity.js';

describe('A new identity', () => {
  it('has unique names that the protocol accepts, and the key of its peer id', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => createIdentity()));
    for (const { deviceId, peerId, peerKey } of made) {
      expect(DeviceId.safeParse(deviceId).success).toBe(true);
      expect(PeerId.safeParse(peerId).success).toBe(true);
      expect(peerKey.peerId).toBe(peerId);
      expect(peerKey.pair.privateKey.extractable).toBe(false);
    }
    expect(new Set(made.flatMap(({ deviceId, peerId }) => [deviceId, peerId])).size).toBe(100);
  });
});
