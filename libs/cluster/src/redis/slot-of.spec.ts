import { describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { shardOf } from '../shards.js';
import { presenceChannel, routeKey, shardOfChannel } from './keys.js';
import { slotOf } from './slot-of.js';

describe('The slot of a key', () => {
  // The first is the check value of the Redis Cluster specification; the others are what CLUSTER KEYSLOT answers.
  it.each([
    ['123456789', 0x31c3],
    ['foo', 12182],
    ['a{foo}b', 12182],
    ['{}foo', 9500],
    ['wr:route:{123456789}:peer-0001', 0x31c3],
  ])('of %s is %d', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });

  it('is the same for the routes of a shard and its presence channel', () => {
    const peer = 'peer-0001' as PeerId;
    const shard = shardOf(peer);
    expect(slotOf(routeKey(shard, peer))).toBe(slotOf(presenceChannel(shard)));
    expect(shardOfChannel(presenceChannel(shard))).toBe(shard);
  });
});
