import { describe, expect, it } from '@jest/globals';
import { memoryStore } from '../test/memory-store.js';
import { EMPTY, faultOf, identityKey, keepProfile, keptProfile, profileOfLink, type Profile } from './profile.js';

const ALICE: Profile = {
  url: 'wss://example.org/ws',
  licenseKey: 'WR1-KEY',
  name: 'alice',
  contacts: 'bob=peer-of-bob',
  keepKey: true,
};

describe('A profile', () => {
  it('is kept, and its key only where that is wished', () => {
    const store = memoryStore();
    expect(keptProfile(store)).toEqual(EMPTY);
    keepProfile(store, ALICE);
    expect(keptProfile(store)).toEqual(ALICE);
    keepProfile(store, { ...ALICE, keepKey: false });
    expect(keptProfile(store)).toEqual({ ...ALICE, licenseKey: '', keepKey: false });
  });

  it.each(['', 'no json', 'null', '17', '[1]', '{"url":1,"name":null,"more":"x"}'])(
    'is an empty one where %j was kept',
    (kept) => {
      expect(keptProfile({ getItem: () => kept, setItem: () => undefined })).toEqual(EMPTY);
    },
  );

  it('may have a name of any script, and is the same however its letters are put together', () => {
    const decomposed = '앨리스'.normalize('NFD');
    expect(faultOf({ ...ALICE, name: decomposed })).toBeUndefined();
    expect(identityKey(decomposed)).toBe(identityKey('앨리스'));
  });

  it('of a link is taken whole', () => {
    const said = { url: ALICE.url, key: ALICE.licenseKey, name: ALICE.name, contacts: ALICE.contacts };
    const link = `#${new URLSearchParams(said).toString()}`;
    expect(profileOfLink(link)).toEqual({ ...ALICE, keepKey: false });
    expect(profileOfLink('#url=wss%3A%2F%2Felsewhere.example')).toMatchObject({ licenseKey: '', name: '' });
    expect([profileOfLink(''), profileOfLink('#chat')]).toEqual([undefined, undefined]);
  });

  it.each([
    [{ url: '' }, /Which server/],
    [{ licenseKey: '' }, /license key is needed/],
    [{ name: '' }, /make a name/],
    [{ name: 'two words' }, /make a name/],
  ])('is at fault with %j', (wrong, sentence) => {
    expect(faultOf({ ...ALICE, ...wrong })).toMatch(sentence);
    expect(faultOf(ALICE)).toBeUndefined();
  });
});
