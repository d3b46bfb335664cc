import { expect, it } from '@jest/globals';
import { RecentRevocations } from './recent-revocations.js';

it('A revocation counts against whoever asked before it was told, and no other', () => {
  const revocations = new RecentRevocations();
  revocations.note(['one'], 1000);
  expect(revocations.isRevokedSince('one', 999)).toBe(true);
  expect(revocations.isRevokedSince('one', 1001)).toBe(false);
  expect(revocations.isRevokedSince('two', 0)).toBe(false);
});

it('Revocations of more than a minute ago are forgotten with the next', () => {
  const revocations = new RecentRevocations();
  revocations.note(['old'], 0);
  revocations.note(['new'], 60_001);
  expect(revocations.isRevokedSince('old', -1)).toBe(false);
  expect(revocations.isRevokedSince('new', 60_000)).toBe(true);
});
