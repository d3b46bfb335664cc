import { describe, expect, it } from '@jest/globals';
import { sourceNameOf, sourceNameOfAddress } from './source-name.js';

describe('The source of an address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:50000', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8:1::', '2001:db8:1:0::/64'],
    ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s is %s', (address, name) => {
    expect(sourceNameOfAddress(address)).toBe(name);
  });

  it.each(['', 'unknown', '_hidden', '192.0.2', '192.0.2.256', 'example.com', '1:2:3', '[192.0.2.1', '::1::2'])(
    'is undefined for a text that is no address: %j',
    (text) => {
      expect(sourceNameOfAddress(text)).toBeUndefined();
    },
  );
});

describe('The source of a request', () => {
  const socket = { remoteAddress: '::ffff:198.51.100.9' };
  const forwarded = (value: string) => ({ headers: { 'x-forwarded-for': value }, socket });

  it('is its TCP peer, whatever its headers contain', () => {
    expect(sourceNameOf(forwarded('192.0.2.1'), false)).toBe('198.51.100.9');
  });

  it('is the last entry of X-Forwarded-For behind a trusted proxy, which appended it', () => {
    expect(sourceNameOf(forwarded('203.0.113.5, 192.0.2.1'), true)).toBe('192.0.2.1');
    expect(sourceNameOf(forwarded('203.0.113.5,2001:db8::1'), true)).toBe('2001:db8:0:0::/64');
  });

  it('is unknown behind a trusted proxy that names no address', () => {
    expect(sourceNameOf({ headers: {}, socket }, true)).toBeUndefined();
    expect(sourceNameOf(forwarded('192.0.2.1, unknown'), true)).toBeUndefined();
  });

  it('is unknown if its connection is closed', () => {
    expect(sourceNameOf({ headers: {}, socket: { remoteAddress: undefined } }, false)).toBeUndefined();
  });
});
