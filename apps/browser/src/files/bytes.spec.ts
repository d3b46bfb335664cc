import { describe, expect, it } from '@jest/globals';
import { writeBytes } from './bytes.js';

describe('writeBytes', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [123 * 1024, '123 KiB'],
    [5 * 1024 ** 3, '5 GiB'],
    [2000 * 1024 ** 3, '2000 GiB'],
  ])('writes %i bytes as %s', (bytes, text) => {
    expect(writeBytes(bytes)).toBe(text);
  });
});
