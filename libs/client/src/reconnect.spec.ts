import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES } from '@white-rabbit/protocol';
import { afterClose, backOffMs } from './reconnect.js';

const codes = Object.values(CLOSE_CODES);

describe('afterClose', () => {
  it.each(codes.filter((code) => code < 4500))('lets the client reconnect after %i', (code) => {
    expect(afterClose({ code, reason: '' })).toEqual({ again: true, notBeforeMs: 0, atOnce: code === 1012 });
  });

  it.each(codes.filter((code) => code >= 4500))('never lets the client reconnect after %i', (code) => {
    expect(afterClose({ code, reason: 'retry_after_ms=1' })).toEqual({ again: false });
  });

  it('lets the client reconnect after a connection that broke without a close frame', () => {
    expect(afterClose({ code: 1006, reason: '' })).toMatchObject({ again: true });
  });

  it('delays the reconnect by the retry_after_ms in the reason', () => {
    expect(afterClose({ code: 4004, reason: 'retry_after_ms=2500' })).toMatchObject({ notBeforeMs: 2_500 });
    expect(afterClose({ code: 4003, reason: 'rate limited, retry_after_ms=70 or so' })).toMatchObject({
      notBeforeMs: 70,
    });
  });

  it('delays the reconnect by one hour at most, whatever the reason states', () => {
    expect(afterClose({ code: 4003, reason: `retry_after_ms=${'9'.repeat(400)}` })).toMatchObject({
      notBeforeMs: 3_600_000,
    });
  });
});

describe('backOffMs', () => {
  it('has a bound that doubles with every failure, up to 30 s', () => {
    const bounds = [0, 1, 2, 3, 4, 5, 6, 7, 1000].map((failures) => backOffMs(failures, () => 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is spread between 0 and the bound', () => {
    expect(backOffMs(3, () => 0)).toBe(0);
    expect(backOffMs(3, () => 0.25)).toBe(1_000);
  });
});
