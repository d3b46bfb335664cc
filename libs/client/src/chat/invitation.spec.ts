import { describe, expect, it } from '@jest/globals';
import { fingerprintOf } from '../fingerprint.js';
import { createInvitation, readInvitation, writeInvitation, type Invitation } from './invitation.js';

const ALICE = { server: 'wss://one.example/ws', peerId: 'peer-of-alice', name: 'alice' };
const NOT_AN_INVITATION = { ok: false, reason: 'not_an_invitation' };

/** The link of Alice, with some parts replaced. */
async function link(more: Partial<Invitation> = {}, base?: string): Promise<string> {
  return writeInvitation({ ...(await createInvitation(ALICE)), ...more }, base);
}

describe('An invitation', () => {
  it.each([undefined, 'https://chat.example/', 'https://chat.example/?theme=dark#contacts'])(
    'is read from the link that was written with the base %s',
    async (base) => {
      const invitation = await createInvitation({ ...ALICE, name: '앨리스' });
      const written = writeInvitation(invitation, base);
      expect(written.startsWith(`${base?.replace(/#.*/, '') ?? 'white-rabbit:'}#server=wss`)).toBe(true);
      expect(await readInvitation(written)).toEqual({ ok: true, invitation });
    },
  );

  it('holds the fingerprint of its peer, which is not the fingerprint of two peers', async () => {
    const { fingerprint } = await createInvitation(ALICE);
    expect(fingerprint).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(await fingerprintOf(ALICE.peerId)).toBe(fingerprint);
    expect(await fingerprintOf(ALICE.peerId, ALICE.peerId)).not.toBe(fingerprint);
  });

  it('is read after a terminal has broken the link into lines', async () => {
    const broken = (await link()).replace(/.{30}/g, '$&\r\n  ');
    expect(await readInvitation(`  ${broken}\n`)).toMatchObject({ ok: true, invitation: ALICE });
  });

  it('is read if its fingerprint is in lower case', async () => {
    const { fingerprint } = await createInvitation(ALICE);
    const result = await readInvitation(await link({ fingerprint: fingerprint.toLowerCase() }));
    expect(result).toEqual({ ok: true, invitation: { ...ALICE, fingerprint } });
  });

  it('has a server without the controls and blanks that its link contains', async () => {
    const result = await readInvitation(await link({ server: 'wss://one.example/ws\n* forged \u001b[2J\u202e' }));
    expect(result).toMatchObject({ invitation: { server: 'wss://one.example/ws*%20forged%20%1B[2J%E2%80%AE' } });
  });

  it('is refused if its peer id was exchanged', async () => {
    expect(await readInvitation(await link({ peerId: 'peer-of-mallory' }))).toEqual({
      ok: false,
      reason: 'fingerprint_mismatch',
    });
  });

  it.each<[string, Partial<Invitation>]>([
    ['a server that is a web page', { server: 'https://one.example/' }],
    ['a server that is no address', { server: 'one.example' }],
    ['a server with a password', { server: 'wss://user:secret@one.example/ws' }],
    ['a peer id that is too short', { peerId: 'alice' }],
    ['a name with control characters', { name: 'al\u001b[2Jice' }],
    ['no name', { name: '' }],
    ['no fingerprint', { fingerprint: '' }],
  ])('is not read from a link with %s', async (_, more) => {
    expect(await readInvitation(await link(more))).toEqual(NOT_AN_INVITATION);
  });

  it.each(['', '#', 'bob', 'bob=peer-of-bob', 'white-rabbit:', '#server=%', '#'.repeat(5_000)])(
    'is not read from the text %j',
    async (text) => {
      expect(await readInvitation(text)).toEqual(NOT_AN_INVITATION);
    },
  );

  it('is not read from a link that names two peers or is longer than 4,096 characters', async () => {
    const good = await link();
    expect(await readInvitation(`${good}&peer=peer-of-mallory`)).toEqual(NOT_AN_INVITATION);
    expect(await readInvitation(`${good}&more=${'x'.repeat(4_096)}`)).toEqual(NOT_AN_INVITATION);
  });
});
