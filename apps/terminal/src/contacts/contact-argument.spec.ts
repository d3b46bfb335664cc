import { describe, expect, it } from '@jest/globals';
import { createInvitation, writeInvitation } from '@white-rabbit/client/chat';
import { readContactArgument } from './contact-argument.js';

const PEER_ID = 'peer-0123456789abcdefghijklmn';
const invitation = await createInvitation({ server: 'wss://wr.example/ws', peerId: PEER_ID, name: 'bob' });
const link = writeInvitation(invitation);

describe('readContactArgument', () => {
  it.each([
    [`bob ${PEER_ID}`, 'bob'],
    [`bob=${PEER_ID}`, 'bob'],
    [`  the white rabbit   ${PEER_ID} `, 'the white rabbit'],
    [PEER_ID, PEER_ID],
  ])('reads %j', async (text, name) => {
    expect(await readContactArgument(text)).toEqual({ ok: true, contact: { name, peerId: PEER_ID } });
  });

  it('reads an invitation, with its name or with another', async () => {
    expect(await readContactArgument(link)).toEqual({
      ok: true,
      contact: { name: 'bob', peerId: PEER_ID },
      invitation,
    });
    expect(await readContactArgument(`my friend ${link}`)).toMatchObject({
      contact: { name: 'my friend', peerId: PEER_ID },
    });
    const folded = `${link.slice(0, 40)}\n${link.slice(40, 80)}\n  ${link.slice(80)}`;
    expect(await readContactArgument(folded)).toMatchObject({ ok: true, contact: { name: 'bob', peerId: PEER_ID } });
    const page = writeInvitation(invitation, 'https://chat.example/');
    expect(await readContactArgument(page)).toMatchObject({ ok: true, contact: { name: 'bob' } });
  });

  it('refuses an invitation whose peer id was changed', async () => {
    const changed = link.replace(PEER_ID, PEER_ID.replace('0', 'X'));
    expect(changed).not.toBe(link);
    expect(await readContactArgument(changed)).toEqual({
      ok: false,
      sentence: expect.stringContaining('the link was changed'),
    });
  });

  it.each([
    ['', 'Use /add LINK'],
    ['bob', 'Use /add LINK'],
    ['maria2024', 'Use /add LINK'],
    ['white-rabbit:#', 'not an invitation'],
    ['https://example.org/#top', 'not an invitation'],
    [link.slice(0, link.indexOf('&')), 'not an invitation'],
  ])('says what to do instead of %j', async (text, words) => {
    expect(await readContactArgument(text)).toEqual({ ok: false, sentence: expect.stringContaining(words) });
  });
});
