import { describe, expect, it } from '@jest/globals';
import { createInvitation, readInvitation, writeInvitation } from '@white-rabbit/client/chat';
import { receiveInvitation, type InvitationContext } from './received-invitation.js';

const SERVER = 'wss://chat.example/ws';
const NEW_USER: InvitationContext = { server: undefined, ownPeerId: undefined, contacts: [] };
const USER: InvitationContext = { server: SERVER, ownPeerId: 'peer-of-alice', contacts: [] };

async function received(context: InvitationContext, link?: string) {
  const invitation = await createInvitation({ server: SERVER, peerId: 'peer-of-bob', name: 'bob' });
  return receiveInvitation(await readInvitation(link ?? writeInvitation(invitation)), context);
}

describe('receiveInvitation', () => {
  it('offers to add the peer under its name', async () => {
    for (const context of [NEW_USER, USER]) {
      expect(await received(context)).toMatchObject({
        state: 'open',
        name: 'bob',
        invitation: { peerId: 'peer-of-bob' },
        hint: undefined,
      });
    }
  });

  it('warns if the invitation is for another server', async () => {
    expect(await received({ ...USER, server: 'wss://chat.example' })).toMatchObject({ hint: undefined });
    expect(await received({ ...USER, server: 'wss://other.example/ws' })).toMatchObject({
      hint: expect.stringContaining('This invitation is for the server wss://chat.example/ws.'),
    });
  });

  it('proposes another name if a contact has the name already', async () => {
    const contacts = [
      { name: 'bob', peerId: 'peer-of-robert' },
      { name: 'bob-2', peerId: 'peer-of-bobby' },
    ];
    expect(await received({ ...USER, contacts })).toMatchObject({ state: 'open', name: 'bob-3' });
  });

  it.each([
    ['its own link', { ...USER, ownPeerId: 'peer-of-bob' }, /your own invitation/],
    [
      'a contact',
      { ...USER, contacts: [{ name: 'robert', peerId: 'peer-of-bob' }] },
      /in your contacts already, as robert/,
    ],
  ])('refuses %s', async (_, context, sentence) => {
    expect(await received(context)).toEqual({ state: 'refused', sentence: expect.stringMatching(sentence) });
  });

  it('refuses a link with a wrong fingerprint or without one', async () => {
    const link = writeInvitation(await createInvitation({ server: SERVER, peerId: 'peer-of-bob', name: 'bob' }));
    const forged = link.replace('peer-of-bob', 'peer-of-mallory');
    expect(await received(USER, forged)).toMatchObject({ sentence: expect.stringContaining('was changed on its way') });
    const cut = link.slice(0, link.indexOf('&fingerprint'));
    expect(await received(USER, cut)).toMatchObject({ sentence: expect.stringContaining('not a complete invitation') });
  });
});
