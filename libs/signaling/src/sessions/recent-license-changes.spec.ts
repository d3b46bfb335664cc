import { expect, it } from '@jest/globals';
import { type LicenseChangeKind, type LicenseChange, RecentLicenseChanges } from './recent-license-changes.js';
import type { PeerId } from '@white-rabbit/protocol';

const ALICE = 'peer-alice' as PeerId;
const BOB = 'peer-bobby' as PeerId;

const change = (license: string, kind: LicenseChangeKind, ...peers: PeerId[]): LicenseChange => ({
  licenseId: license,
  kind,
  peers: new Set(peers),
});

it('A license change counts only for a registration whose license check began before the change was received', () => {
  const changes = new RecentLicenseChanges();
  changes.note([change('one', 'revoked')], 1000);
  expect(changes.displacing('one', ALICE, 999)).toBe('revoked');
  expect(changes.displacing('one', ALICE, 1001)).toBeUndefined();
  expect(changes.displacing('two', ALICE, 0)).toBeUndefined();
});

it('A license change counts only for peers that are not bound to the license after the change', () => {
  const changes = new RecentLicenseChanges();
  changes.note([change('one', 'transferred', BOB)], 1000);
  expect([changes.displacing('one', ALICE, 0), changes.displacing('one', BOB, 0)]).toEqual(['transferred', undefined]);
});

it('The latest change of a license replaces the one before', () => {
  const changes = new RecentLicenseChanges();
  changes.note([change('one', 'transferred', BOB)], 1000);
  changes.note([change('one', 'released')], 2000);
  expect(changes.displacing('one', BOB, 1500)).toBe('released');
});

it('A license change is removed after a minute when another one is received, and later ones are kept', () => {
  const changes = new RecentLicenseChanges();
  changes.note([change('old', 'revoked'), change('again', 'revoked')], 0);
  changes.note([change('again', 'revoked')], 30_000);
  changes.note([change('new', 'revoked')], 60_001);
  expect(['old', 'again', 'new'].map((license) => changes.displacing(license, ALICE, -1))).toEqual([
    undefined,
    'revoked',
    'revoked',
  ]);
});
