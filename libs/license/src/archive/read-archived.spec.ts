import { describe, expect, test } from '@jest/globals';
import { readHeader } from './archive-format.js';
import { readArchived } from './read-archived.js';

const BINDING = {
  slot: 1,
  device_hash: 'd'.repeat(43),
  peer_id: 'peer-001',
  public_key: 'A'.repeat(43),
  bound_at: '2026-01-02T03:04:05.678Z',
};
const LICENSE = {
  id: '00000000-0000-4000-8000-000000000001',
  key_hash: 'ab'.repeat(32),
  hint: 'AB12',
  state: 'active',
  max_devices: 2,
  expires_at: null,
  revoked_at: null,
  created_at: '2026-01-02T03:04:05.678Z',
  transferred_at: null,
  bindings: [BINDING],
};
const line = (changes: object) => JSON.stringify({ ...LICENSE, ...changes });

describe('readArchived', () => {
  test('reads a license and ignores unknown fields', () => {
    expect(readArchived(line({ later: 1 }), true)).toMatchObject(LICENSE);
  });

  test.each([
    ['', 'not a license'],
    ['[]', 'not a license'],
    ['{', 'not a license'],
    [line({ id: 'x' }), 'id is missing or malformed'],
    [line({ id: LICENSE.id.replace('1', 'G') }), 'id is missing or malformed'],
    [line({ key_hash: 'AB'.repeat(32) }), 'key_hash is missing or malformed'],
    [line({ hint: null }), 'hint is missing or malformed'],
    [line({ state: 'expired' }), 'state is missing or malformed'],
    [line({ max_devices: 1001 }), 'max_devices is missing or malformed'],
    [line({ max_devices: '1' }), 'max_devices is missing or malformed'],
    [line({ expires_at: undefined }), 'expires_at is missing or malformed'],
    [line({ expires_at: '2026-13-01T00:00:00.000Z' }), 'expires_at is missing or malformed'],
    [line({ created_at: null }), 'created_at is missing or malformed'],
    [line({ created_at: '2026-01-02' }), 'created_at is missing or malformed'],
    [line({ state: 'revoked' }), 'state and revoked_at do not agree'],
    [line({ bindings: undefined }), 'bindings is missing or malformed'],
    [line({ bindings: [{ ...BINDING, device_hash: 'short' }] }), 'a binding is malformed'],
    [line({ bindings: [{ ...BINDING, public_key: 'short' }] }), 'a binding is malformed'],
    [line({ bindings: [{ ...BINDING, public_key: undefined }] }), 'a binding is malformed'],
    [line({ bindings: [{ ...BINDING, peer_id: `k-${'E'.repeat(43)}` }] }), 'a peer that is a key has another key'],
    [line({ bindings: [null] }), 'a binding is malformed'],
    [line({ bindings: [{ ...BINDING, slot: 3 }] }), 'a slot is above max_devices'],
    [line({ bindings: [BINDING, { ...BINDING, slot: 2 }] }), 'two of its bindings have the same device_hash'],
  ])('%s: %s', (text, problem) => {
    expect(readArchived(text, true)).toBe(problem);
  });

  test('accepts a license without bindings if the archive has none', () => {
    expect(readArchived(line({ bindings: undefined }), false)).toMatchObject({ id: LICENSE.id });
  });
});

describe('readHeader', () => {
  test('distinguishes an archive from a file of keys', () => {
    const header = { format: 'white-rabbit-licenses', version: 9, licenses: 0, bindings: false };
    expect(readHeader(JSON.stringify(header))).toEqual(header);
    for (const other of ['', '[', '{', 'WR1-AAAAA', '{"license_key":"WR1"}', 'null', line({})])
      expect(readHeader(other)).toBeUndefined();
  });
});
