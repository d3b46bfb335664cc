import { expect, it } from '@jest/globals';
import { KNOWN_MS, KnownDevices } from './known-devices.js';

it('A device is known for at least KNOWN_MS and at most twice as long while other devices are added', () => {
  const devices = new KnownDevices(100);
  devices.add(1, 0);
  devices.add(2, KNOWN_MS);
  expect([devices.has(1), devices.has(2), devices.has(3)]).toEqual([true, true, false]);
  devices.add(3, 2 * KNOWN_MS);
  expect([devices.has(1), devices.has(2), devices.has(3)]).toEqual([false, true, true]);
});

it('The memory of known devices is bounded: the latest devices are known, however many are added', () => {
  const devices = new KnownDevices(10);
  for (let device = 0; device < 1_000; device += 1) devices.add(device, 0);
  const known = Array.from({ length: 1_000 }, (_, device) => device).filter((device) => devices.has(device));
  expect(known.length).toBeLessThanOrEqual(20);
  expect(known.slice(-10)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
});
