import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { talking, two } from './two-users.js';

describeInChromium('Two pages on two gateways', (browsers) => {
  it('show presence, ring, accept and exchange texts, and continue when both gateways are killed', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    await alice.says('Curiouser and curiouser!');
    await bob.receives('Curiouser and curiouser!');
    await bob.says('<b onclick="alert(1)">Off with their heads!</b>\nsaid the Queen');
    await alice.receives('<b onclick="alert(1)">Off with their heads!</b>\nsaid the Queen');
    expect(await alice.page.locator('.log b').count()).toBe(0);

    const ports = await browsers().killGateways();
    await Promise.all([alice, bob].map((user) => user.reads(/The connection to the server is lost\./)));
    await alice.reads('No server');
    await alice.sees('bob', 'last known: online');
    await alice.says('Are you there?');
    await bob.receives('Are you there?');
    await bob.says('We are all mad here.');
    await alice.receives('We are all mad here.');

    await browsers().revive(ports);
    await Promise.all([alice.status('Connected'), bob.status('Connected')]);
    await bob.sees('alice', 'online');
    expect(await alice.page.getByText(/The connection to the server is lost/).count()).toBe(0);
    await bob.press('Hang up');
    await bob.receives('You hung up.');
    await alice.receives('bob hung up.');
  });

  it('show that a conversation is sealed, with the same code at both', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const codes = await Promise.all([alice, bob].map((user) => user.sealCode()));
    expect(codes[0]).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(codes[1]).toBe(codes[0]);
    await Promise.all([alice, bob].map((user) => user.reads(`Sealed: ${codes[0]}.`)));
  });

  it('decline and cancel calls, and report a peer that is offline', async () => {
    const [alice, bob] = await two(browsers());
    await alice.choose('bob');
    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await bob.press('Decline');
    await alice.receives('bob declined the call.');
    await bob.ring('alice').waitFor({ state: 'hidden' });

    // In the conversation, too.
    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await bob.page.keyboard.press('Escape');
    await bob.choose('alice');
    await bob.press('Decline');
    await alice.page.getByText('bob declined the call.').nth(1).waitFor();
    await bob.receives('You declined the call from alice.');

    await alice.press('Call');
    await bob.ring('alice').waitFor();
    await alice.press('Hang up');
    await bob.ring('alice').waitFor({ state: 'hidden' });
    await bob.receives('alice called and hung up before you answered.');

    await bob.press('Leave');
    await alice.sees('bob', 'offline');
    await alice.press('Call');
    await alice.receives('bob is not online.');
  });

  it('have one call if both users call at the same time', async () => {
    const [alice, bob] = await two(browsers());
    await Promise.all([alice.choose('bob'), bob.choose('alice')]);
    // If one user was much faster, the other sees the incoming call instead.
    await Promise.all([alice.pressFirst('Accept', 'Call'), bob.pressFirst('Accept', 'Call')]);
    await alice.reads(/^Connected to bob\./);
    await bob.reads(/^Connected to alice\./);
    await alice.says('Jinx!');
    await bob.receives('Jinx!');
  });

  it('can be used with the keyboard only', async () => {
    const [alice, bob] = await two(browsers());
    await alice.row('bob').focus();
    await alice.page.keyboard.press('Enter');
    await alice.page.getByRole('button', { name: 'Call', exact: true }).focus();
    await alice.page.keyboard.press('Enter');
    await bob.ring('alice').waitFor();
    // Escape dismisses the dialog; the call continues to ring and can be answered.
    await bob.page.keyboard.press('Escape');
    await bob.ring('alice').waitFor({ state: 'hidden' });
    await bob.sees('alice', 'is calling you');
    await bob.choose('alice');
    await bob.press('Answer');
    await bob.reads(/^Connected to alice\./);
    await bob.page.keyboard.type('Down the rabbit hole');
    await bob.page.keyboard.press('Shift+Enter');
    await bob.page.keyboard.type('it goes');
    await bob.page.keyboard.press('Enter');
    await alice.receives('Down the rabbit hole\nit goes');
    // The button that alice pressed is hidden now; bob presses such a button next.
    await alice.page.keyboard.type('Mind the gap');
    await alice.page.keyboard.press('Enter');
    await bob.receives('Mind the gap');
    await bob.page.getByRole('button', { name: 'Hang up', exact: true }).focus();
    await bob.page.keyboard.press('Enter');
    await bob.receives('You hung up.');
    await bob.page.keyboard.press('Enter');
    await alice.ring('bob').waitFor();
    // Accept can be reached with the keyboard and moves the focus to the message.
    await alice.ring('bob').getByRole('button', { name: 'Accept' }).focus();
    await alice.page.keyboard.press('Enter');
    await alice.reads(/^connected, peer to peer$/);
    await alice.page.keyboard.type('Here again');
    await alice.page.keyboard.press('Enter');
    await bob.receives('Here again');
  });
});
