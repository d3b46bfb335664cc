import { describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { feedChannel, feedPeer, routeKey } from './keys.js';
import { slotOf } from './slot-of.js';

describe('The slot of a key', () => {
  // The first is the check value of the Redis Cluster specification; the others are what CLUSTER KEYSLOT answers.
  it.each([
    ['123456789', 0x31c3],
    ['foo', 12182],
    ['a{foo}b', 12182],
    ['{}foo', 9500],
    ['wr:route:{peer-0001}', slotOf('peer-0001')],
  ])('of %s is %d', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  it('is the same for a peer’s route and its feed', () => {
    const peer = 'peer-0001' as PeerId;
    expect(slotOf(routeKey(peer))).toBe(slotOf(feedChannel(peer)));
    expect(feedPeer(feedChannel(peer))).toBe(peer);
  });
});
