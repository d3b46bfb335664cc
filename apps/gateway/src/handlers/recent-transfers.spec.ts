import { describe, expect, it } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { RecentTransfers } from './recent-transfers.js';

const [ALICE, BOB] = ['peer-alice', 'peer-bobby'] as unknown as [PeerId, PeerId];

describe('Licenses that were moved lately', () => {
  it('displace those who asked before it was told, and are not among those who have it now', () => {
    const recent = new RecentTransfers();
    recent.note('license-1', new Set([BOB]), 1_000);
    expect(recent.isDisplacedSince('license-1', ALICE, 999)).toBe(true);
    expect(recent.isDisplacedSince('license-1', BOB, 999)).toBe(false);
    expect(recent.isDisplacedSince('license-2', ALICE, 999)).toBe(false);
  });

  it('leave alone those who asked afterwards: the database knew', () => {
    const recent = new RecentTransfers();
    recent.note('license-1', new Set([BOB]), 1_000);
    expect(recent.isDisplacedSince('license-1', ALICE, 1_001)).toBe(false);
  });

  it('are forgotten after a minute, when others are noted', () => {
    const recent = new RecentTransfers();
    recent.note('license-1', new Set([BOB]), 1_000);
    recent.note('license-2', new Set([BOB]), 62_000);
    expect(recent.isDisplacedSince('license-1', ALICE, 0)).toBe(false);
    expect(recent.isDisplacedSince('license-2', ALICE, 0)).toBe(true);
  });
});
