import { expect, test } from '@jest/globals';
import type { DeviceId } from '@white-rabbit/protocol';
import { deviceHash, devicesMeant, shownDevice } from './device-hash.js';

const hash = deviceHash('device-1' as DeviceId);
const isMeant = (text: string) => {
  const { from, to } = devicesMeant(text);
  return from <= hash && hash <= to;
};

test('An operator means a device by its id, by its hash as it is shown, or by more of the hash', () => {
  expect(hash).toMatch(/^[\w-]{43}$/);
  for (const text of ['device-1', shownDevice(hash), `sha256:${hash}`]) expect(isMeant(text)).toBe(true);
});

test('An operator does not mean a device by another id, a hash without its prefix, or too little of the hash', () => {
  const other = shownDevice(deviceHash('device-2' as DeviceId));
  for (const text of ['device-2', other, hash, hash.slice(0, 12), shownDevice(hash).slice(0, -1), 'sha256:', ''])
    expect(isMeant(text)).toBe(false);
});
