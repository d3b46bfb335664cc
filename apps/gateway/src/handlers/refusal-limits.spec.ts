import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { generateLicenseKey } from '@white-rabbit/license';
import { RefusalLimits } from './refusal-limits.js';

const KEY = generateLicenseKey();
const OTHER = generateLicenseKey();

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function limits(perKey: number, perGateway: number): RefusalLimits {
  return new RefusalLimits({ WR_REFUSALS_PER_KEY: perKey, WR_REFUSALS_PER_GATEWAY: perGateway });
}

it('A key that was refused too often waits; others do not', async () => {
  const refusals = limits(2, 100);
  expect(await refusals.waitMs(KEY)).toBe(0);
  await refusals.count(KEY);
  expect(await refusals.waitMs(KEY)).toBe(0);
  await refusals.count(KEY);
  expect(await refusals.waitMs(KEY)).toBeGreaterThan(0);
  expect([await refusals.waitMs(OTHER), await refusals.waitMs(undefined)]).toEqual([0, 0]);
});

it('Only refusals count: asking costs nothing', async () => {
  const refusals = limits(1, 1);
  for (let i = 0; i < 10; i += 1) expect(await refusals.waitMs(KEY)).toBe(0);
});

it('What is no key counts for the gateway', async () => {
  const refusals = limits(100, 2);
  await refusals.count(undefined);
  await refusals.count(undefined);
  expect(await refusals.waitMs(undefined)).toBeGreaterThan(0);
  expect(await refusals.waitMs(KEY)).toBeGreaterThan(0);
});

it('Beyond the gateway’s limit no further key is counted: what is remembered is bounded', async () => {
  const refusals = limits(1, 1);
  await refusals.count(undefined);
  await refusals.count(KEY);
  jest.advanceTimersByTime(60_001);
  expect(await refusals.waitMs(KEY)).toBe(0);
});

it('A minute later all is forgotten', async () => {
  const refusals = limits(1, 1);
  await refusals.count(KEY);
  expect(await refusals.waitMs(KEY)).toBeGreaterThan(0);
  jest.advanceTimersByTime(60_001);
  expect(await refusals.waitMs(KEY)).toBe(0);
});
