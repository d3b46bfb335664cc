import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '../test/memory-store.js';
import { EMPTY, faultOf, keepProfile, keptProfile, profileOfLink, takesServer, type Profile } from './profile.js';

const ALICE: Profile = {
  url: 'wss://example.org/ws',
  licenseKey: 'WR1-KEY',
  name: 'alice',
  contacts: 'bob=peer-of-bob',
  keepKey: true,
};

describe('A profile of the page', () => {
  it('is stored, and its key only if keepKey is set', () => {
    const store = memoryStore();
    expect(keptProfile(store)).toEqual(EMPTY);
    keepProfile(store, ALICE);
    expect(keptProfile(store)).toEqual(ALICE);
    keepProfile(store, { ...ALICE, keepKey: false });
    expect(keptProfile(store)).toEqual({ ...ALICE, licenseKey: '', keepKey: false });
  });

  it.each(['', 'no json', 'null', '17', '[1]', '{"url":1,"name":null,"more":"x"}'])(
    'is empty if the stored value is %j',
    (kept) => {
      expect(keptProfile({ getItem: () => kept, setItem: () => undefined })).toEqual(EMPTY);
    },
  );

  it('can have a name of any script in every Unicode form', () => {
    expect(faultOf({ ...ALICE, name: '앨리스' })).toBeUndefined();
    expect(faultOf({ ...ALICE, name: '앨리스'.normalize('NFD') })).toBeUndefined();
  });

  it('in a link does not use the stored profile', () => {
    const said = { url: ALICE.url, key: ALICE.licenseKey, name: ALICE.name, contacts: ALICE.contacts };
    const link = `#${new URLSearchParams(said).toString()}`;
    expect(profileOfLink(link)).toEqual({ ...ALICE, keepKey: false });
    expect(profileOfLink('#url=wss%3A%2F%2Felsewhere.example')).toMatchObject({ licenseKey: '', name: '' });
    expect([profileOfLink(''), profileOfLink('#chat')]).toEqual([undefined, undefined]);
  });

  it.each([
    [{ url: '' }, /Enter the address/],
    [{ licenseKey: '' }, /Enter a license key/],
    [{ name: '' }, /A name has/],
    [{ name: 'two words' }, /A name has/],
  ])('is invalid with %j', (wrong, sentence) => {
    expect(faultOf({ ...ALICE, ...wrong })).toMatch(sentence);
    expect(faultOf(ALICE)).toBeUndefined();
  });

  it.each([
    [EMPTY, true],
    [{ ...EMPTY, url: '' }, true],
    [{ ...EMPTY, licenseKey: 'WR1-KEY' }, false],
    [{ ...ALICE, licenseKey: '' }, false],
    [ALICE, false],
  ])('%j takes the server of an invitation: %j', (profile, expected) => {
    expect(takesServer(profile)).toBe(expected);
  });
});
