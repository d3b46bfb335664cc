import { describe, expect, it } from '@jest/globals';
import { CLOSE_CODES } from '@white-rabbit/protocol';
import { afterClose } from './closed.js';

const codes = Object.values(CLOSE_CODES);

describe('After a close', () => {
  it.each(codes.filter((code) => code < 4500))('with %i a client comes back', (code) => {
    expect(afterClose({ code, reason: '' })).toEqual({ again: true, notBeforeMs: 0, atOnce: code === 1012 });
  });

  it.each(codes.filter((code) => code >= 4500))('with %i it never does by itself', (code) => {
    expect(afterClose({ code, reason: 'retry_after_ms=1' })).toEqual({ again: false });
  });

  it('comes back when the socket broke without a word', () => {
    expect(afterClose({ code: 1006, reason: '' })).toMatchObject({ again: true });
  });

  it('not before the time that the reason states', () => {
    expect(afterClose({ code: 4004, reason: 'retry_after_ms=2500' })).toMatchObject({ notBeforeMs: 2_500 });
    expect(afterClose({ code: 4003, reason: 'rate limited, retry_after_ms=70 or so' })).toMatchObject({
      notBeforeMs: 70,
    });
  });

  it('within an hour, whatever the reason states', () => {
    expect(afterClose({ code: 4003, reason: `retry_after_ms=${'9'.repeat(400)}` })).toMatchObject({
      notBeforeMs: 3_600_000,
    });
  });
});
