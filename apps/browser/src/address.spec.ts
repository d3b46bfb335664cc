import { describe, expect, it } from '@jest/globals';
import { isInvitationLink, readAddress } from './address.js';

const PAGE = 'https://chat.example/';

describe('The address of the page', () => {
  it('brings an invitation or a profile', () => {
    const link = `${PAGE}#server=wss%3A%2F%2Fchat.example&peer=peer-of-bob&name=bob&fingerprint=AAAAA`;
    expect(readAddress(link)).toEqual({ kind: 'invitation', link });
    expect(readAddress(`${PAGE}#name=alice&key=WR1-KEY`)).toMatchObject({
      kind: 'profile',
      profile: { name: 'alice', licenseKey: 'WR1-KEY' },
    });
  });

  it.each(['', '#', '#chat', '?peer=peer-of-bob'])('brings nothing with %j', (end) => {
    expect(readAddress(`${PAGE}${end}`)).toBeUndefined();
  });
});

describe('isInvitationLink', () => {
  it.each([
    ['white-rabbit:#server=wss%3A%2F%2Fchat.example&peer=peer-of-bob&name=bob&fingerprint=AAAAA', true],
    [`${PAGE}#fingerprint=AAAAA`, true],
    ['bob=peer-of-bob', false],
    ['peer=peer-of-bob', false],
  ])('reads %s', (text, expected) => {
    expect(isInvitationLink(text)).toBe(expected);
  });
});
