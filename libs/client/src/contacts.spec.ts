import { describe, expect, it } from '@jest/globals';
import { onlineAlice } from '../test/alice.js';
import { pass, settle } from '../test/fake-timers.js';
import { FakeSocket } from '../test/fake-socket.js';
import { client, server, useClient } from '../test/client-fixture.js';

useClient();

describe('The contacts of a client', () => {
  const presence = (peer_id: string, status: string) => server.say('presence', { peers: [{ peer_id, status }] });

  it('cause one presence event per change', () => {
    const heard: string[] = [];
    client.on('presence', ({ peerId, status }) => heard.push(`${peerId} ${status}`));
    for (const status of ['OFFLINE', 'ONLINE', 'ONLINE', 'OFFLINE']) presence('peer-bob', status);
    presence('peer-carol', 'ONLINE');
    expect(heard).toEqual(['peer-bob OFFLINE', 'peer-bob ONLINE', 'peer-bob OFFLINE']);
    expect([...client.presence]).toEqual([['peer-bob', 'OFFLINE']]);
  });

  it('are added and removed', async () => {
    const added = client.addContacts(['peer-bob', 'peer-carol']);
    expect(server.lastOf('contacts').data).toEqual({ add: ['peer-carol'] });
    server.say('presence', { peers: [{ peer_id: 'peer-carol', status: 'ONLINE' }] }, server.lastOf('contacts').ref);
    expect(await added).toEqual({ ok: true });
    expect(client.presence.get('peer-carol')).toBe('ONLINE');
    void client.removeContacts(['peer-carol']);
    expect(server.lastOf('contacts').data).toEqual({ remove: ['peer-carol'] });
    expect([[...client.contacts], client.presence.has('peer-carol')]).toEqual([['peer-bob'], false]);
  });

  it.each([
    ['not peer ids', ['?'], 'bad_data'],
    ['too many', Array.from({ length: 1_000 }, (_, number) => `peer-${number}-of-many`), 'contacts_limit'],
  ])('are refused by the client, also without a connection, if they are %s', async (_, peerIds, code) => {
    expect(await client.addContacts(peerIds)).toMatchObject({ ok: false, code });
    server.end(1006);
    expect(await client.addContacts(peerIds)).toMatchObject({ ok: false, code });
    expect([[...client.contacts], server.countOf('contacts')]).toEqual([['peer-bob'], 0]);
    expect(() => onlineAlice({ contacts: ['peer-bob', ...peerIds] })).toThrow(TypeError);
  });

  it('that change between register and registered are sent when the client is online', async () => {
    server.end(1012);
    await settle();
    await pass(1_000);
    const next = FakeSocket.last.open();
    void client.addContacts(['peer-carol']);
    void client.removeContacts(['peer-bob']);
    next.say('registered', { peer_id: 'peer-alice', session_id: 'session-2', region: '' });
    const sent = next.sent.filter(({ event }) => event === 'contacts').map(({ data }) => data);
    expect(sent).toEqual([{ remove: ['peer-bob'] }, { add: ['peer-carol'] }]);
  });

  it('are sent in several frames if one would be longer than 64 KiB', () => {
    const contacts = Array.from({ length: 1_000 }, (_, number) => `${number}-`.padEnd(128, 'x'));
    const { client: other, server: its } = onlineAlice({ contacts });
    const sent = its.sent.map((frame) => JSON.stringify(frame).length);
    expect([sent.length, Math.max(...sent) < 65_536]).toEqual([3, true]);
    const [first, ...more] = its.sent.map(({ data }) => data['contacts'] ?? data['add']);
    expect([first, ...more].flat()).toEqual(contacts);
    other.close();
  });

  it('are not kept if the server refuses them', async () => {
    const added = client.addContacts(['peer-carol']);
    server.refuse('contacts', 'contacts_limit', { retry_after_ms: 70 });
    expect(await added).toEqual({ ok: false, code: 'contacts_limit', message: 'because', retryAfterMs: 70 });
    expect([...client.contacts]).toEqual(['peer-bob']);
  });
});
