import { describe, expect, it } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { codeOf, invitationOf, peerIdOf, useTerminalUsers } from './terminal-users.js';

const cluster = useCluster(2);
const users = useTerminalUsers(cluster);

describe('Two terminal clients on two machines', () => {
  it('become contacts by invitations, call each other, and are still contacts after a restart', async () => {
    const [alice, bob] = [await users.start('alice'), await users.start('bob', { at: 1 })];
    const link = await invitationOf(alice);
    bob.type(`/add ${link}`);
    await bob.shows('alice is online.');
    await bob.shows('alice is a contact now.');
    await bob.shows(`Compare this code with alice over another channel: ${codeOf(alice)}.`);
    alice.type(`/add robert ${await invitationOf(bob)}`);
    await alice.shows('robert is a contact now.');
    alice.type('/call robert');
    await bob.shows('alice is calling.');
    bob.type('/reject');
    await bob.shows('You declined the call from alice.');
    await alice.shows('robert declined the call.');

    bob.type('/quit');
    expect(await bob.exited).toBe(0);
    const again = await users.start('bob', { at: 1 });
    await again.shows('alice is online.');
    again.type('/remove alice');
    await again.shows('alice is no longer a contact.');
    again.type('/contacts');
    await again.shows('You have no contacts.');
    const file = join(users.homeOf('bob'), 'bob.contacts.json');
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ contacts: [], blocked: [] });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuse a changed invitation and a name that another peer has, and exit with 1', async () => {
    const [carol, dave] = [await users.start('carol'), await users.start('dave', { at: 1 })];
    const link = await invitationOf(carol);
    dave.type(`/add ${link.replace(peerIdOf(carol), peerIdOf(dave))}`);
    await dave.shows('The fingerprint of this invitation does not belong to its peer id');
    dave.type(`/add ${link}`);
    await dave.shows('carol is a contact now.');
    dave.type('/add carol peer-of-mallory');
    await dave.shows('You already have a contact carol with another peer id.');
    dave.type('/add');
    await dave.shows('Use /add LINK with the link of an invitation, or /add NAME PEER_ID.');
    dave.type(`/add ${await invitationOf(dave)}`);
    await dave.shows('This is your own peer id.');
    dave.endInput();
    expect(await dave.exited).toBe(1);
  });

  it('invite with a link to a page if --page is given', async () => {
    const emil = await users.start('emil', { more: ['--page', 'https://chat.example/'] });
    expect(await invitationOf(emil)).toMatch(/^https:\/\/chat\.example\/#server=/);
  });

  it('connect by the peer id alone', async () => {
    const [frank, gina] = [await users.start('frank'), await users.start('gina', { at: 1 })];
    frank.type(`/call ${peerIdOf(gina)}`);
    await gina.shows(`${peerIdOf(frank)} is calling. /accept or /reject?`);
    await gina.shows('This peer is not one of your contacts.');
    gina.type('/accept');
    frank.type('a text without a contact');
    await gina.shows(`${peerIdOf(frank)}: a text without a contact`);
  });

  it('decline the calls of a blocked peer without a notice, also after a restart, until it is unblocked', async () => {
    const [hugo, ida] = [await users.start('hugo'), await users.start('ida', { at: 1 })];
    hugo.type(`/call ${peerIdOf(ida)}`);
    await ida.shows('is calling.');
    ida.type('/block');
    await ida.shows(`${peerIdOf(hugo)} is blocked`);
    await hugo.shows('declined the call.');
    ida.type('/quit');
    expect(await ida.exited).toBe(0);

    const again = await users.start('ida', { at: 1 });
    hugo.type(`/call ${peerIdOf(ida)}`);
    await hugo.shows('declined the call.');
    again.type(`/call ${peerIdOf(hugo)}`);
    await again.shows('You blocked');
    expect(again.text).not.toContain('is calling');
    again.type(`/unblock ${peerIdOf(hugo)}`);
    await again.shows('can call you again.');
    hugo.type(`/call ${peerIdOf(ida)}`);
    await again.shows('is calling.');
  });
});
