import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import type { Reader } from './reader.js';
import type { Scene } from './scene.js';

/** Two who know each other, signed in at two gateways, in two browsers. */
async function two(scene: Scene): Promise<readonly [Reader, Reader]> {
  const alice = await scene.reader('alice');
  const bob = await scene.reader('bob', { at: 1 });
  await alice.join(await scene.seat(0, { contacts: bob.contact }));
  await alice.sees('bob', 'offline');
  await bob.join(await scene.seat(1, { contacts: alice.contact }));
  await Promise.all([alice.sees('bob', 'online'), bob.sees('alice', 'online')]);
  return [alice, bob];
}

/** The first calls, the second accepts. */
async function talking(alice: Reader, bob: Reader): Promise<void> {
  await alice.choose(bob.name);
  await alice.press('Call');
  await bob.ring(alice.name).waitFor();
  await bob.press('Accept');
  await Promise.all([alice, bob].map((reader) => reader.reads(/^Connected to (alice|bob), past any server\.$/)));
}

describeInChromium('Two people at two pages, on two gateways', (scene) => {
  it('see each other come, ring, accept and talk; and go on when both gateways are killed', async () => {
    const [alice, bob] = await two(scene());
    await talking(alice, bob);
    await alice.says('Curiouser and curiouser!');
    await bob.hears('Curiouser and curiouser!');
    await bob.says('<b onclick="alert(1)">Off with their heads!</b>\nsaid the Queen');
    await alice.hears('<b onclick="alert(1)">Off with their heads!</b>\nsaid the Queen');
    expect(await alice.page.locator('.log b').count()).toBe(0);

    const ports = await scene().killGateways();
    await Promise.all([alice, bob].map((reader) => reader.reads(/The connection to the server is lost\./)));
    await alice.reads('No server');
    await alice.sees('bob', 'online when last heard of');
    await alice.says('Is anybody there?');
    await bob.hears('Is anybody there?');
    await bob.says('We are all mad here.');
    await alice.hears('We are all mad here.');

    await scene().revive(ports);
    await Promise.all([alice.status('Connected'), bob.status('Connected')]);
    await bob.sees('alice', 'online');
    expect(await alice.page.getByText(/The connection to the server is lost/).count()).toBe(0);
    await bob.press('Hang up');
    await bob.hears('You hung up.');
    await alice.hears('bob hung up.');
  });

  it('decline, take back, and are told of somebody who is not there', async () => {
    const [alice, bob] = await two(scene());
    await alice.choose('bob');
    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await bob.press('Decline');
    await alice.hears('bob does not want to talk now.');
    await bob.ring('alice').waitFor({ state: 'hidden' });

    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await alice.press('Hang up');
    await bob.ring('alice').waitFor({ state: 'hidden' });
    await bob.choose('alice');
    await bob.hears('alice called, and hung up before you answered.');

    await bob.press('Leave');
    await alice.sees('bob', 'offline');
    await alice.press('Call');
    await alice.hears('bob is not online.');
  });

  it('call each other at the same moment and are in one call', async () => {
    const [alice, bob] = await two(scene());
    await Promise.all([alice.choose('bob'), bob.choose('alice')]);
    // Where one was much faster, the other is asked before they can call.
    await Promise.all([alice.pressFirst('Accept', 'Call'), bob.pressFirst('Accept', 'Call')]);
    await alice.reads('Connected to bob, past any server.');
    await bob.reads('Connected to alice, past any server.');
    await alice.says('Jinx!');
    await bob.hears('Jinx!');
  });

  it('can do it all with the keyboard', async () => {
    const [alice, bob] = await two(scene());
    await alice.row('bob').focus();
    await alice.page.keyboard.press('Enter');
    await alice.page.getByRole('button', { name: 'Call', exact: true }).focus();
    await alice.page.keyboard.press('Enter');
    await bob.ring('alice').waitFor();
    // Escape puts the question aside; the call rings on, and can be answered.
    await bob.page.keyboard.press('Escape');
    await bob.ring('alice').waitFor({ state: 'hidden' });
    await bob.sees('alice', 'is calling you');
    await bob.choose('alice');
    await bob.press('Answer');
    await bob.reads('Connected to alice, past any server.');
    await bob.page.keyboard.type('Down the rabbit hole');
    await bob.page.keyboard.press('Shift+Enter');
    await bob.page.keyboard.type('it goes');
    await bob.page.keyboard.press('Enter');
    await alice.hears('Down the rabbit hole\nit goes');
    // Alice pressed a button that is gone, and bob is about to.
    await alice.page.keyboard.type('Mind the gap');
    await alice.page.keyboard.press('Enter');
    await bob.hears('Mind the gap');
    await bob.page.getByRole('button', { name: 'Hang up', exact: true }).focus();
    await bob.page.keyboard.press('Enter');
    await bob.hears('You hung up.');
    await bob.page.keyboard.press('Enter');
    await alice.ring('bob').waitFor();
    // Accept is reached with the keyboard alone, and hands the focus to the message.
    await alice.ring('bob').getByRole('button', { name: 'Accept' }).focus();
    await alice.page.keyboard.press('Enter');
    await alice.reads(/^connected, peer to peer$/);
    await alice.page.keyboard.type('Here again');
    await alice.page.keyboard.press('Enter');
    await bob.hears('Here again');
  });
});

describeInChromium('A page on which somebody is writing while a stranger calls', (scene) => {
  it('goes on taking the text, and no key that was meant for it answers the call', async () => {
    const [alice, bob] = await two(scene());
    await talking(alice, bob);
    const mallory = await scene().reader('mallory', { at: 1 });
    await mallory.join(await scene().seat(1, { contacts: alice.contact }));
    await mallory.sees('alice', 'online');

    await alice.field('Message').focus();
    await alice.page.keyboard.type('A secret for');
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).waitFor();
    await alice.page.keyboard.press('Space');
    await alice.page.keyboard.type('bob');
    await alice.page.keyboard.press('Enter');
    await bob.hears('A secret for bob');
    await mallory.reads('ringing …');
  });

  it('keeps a draft with the conversation that it was written in', async () => {
    const [alice, bob] = await two(scene());
    await talking(alice, bob);
    const mallory = await scene().reader('mallory', { at: 1 });
    await mallory.join(await scene().seat(1, { contacts: alice.contact }));
    await mallory.sees('alice', 'online');

    await alice.field('Message').fill('Only for bob');
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).getByRole('button', { name: 'Accept' }).click();
    await mallory.reads('Connected to alice, past any server.');
    expect(await alice.field('Message').inputValue()).toBe('');
    await alice.choose('bob');
    expect(await alice.field('Message').inputValue()).toBe('Only for bob');
    await alice.field('Message').press('Enter');
    await bob.hears('Only for bob');
  });
});
