import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { talking, two, unknownPeer } from './two-users.js';

describeInChromium('A blocked peer', (browsers) => {
  it('is declined without a ring or a notice, also after a reload, until the user unblocks it', async () => {
    const [alice] = await two(browsers());
    const mallory = await unknownPeer(browsers(), alice);
    await mallory.choose('alice');
    await mallory.press('Call');
    await alice.ring(mallory.peerId).waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.choose(mallory.peerId);
    await alice.press('Block');
    await mallory.receives('alice declined the call.');
    await alice.sees(mallory.peerId, 'blocked');
    const entries = await alice.page.getByRole('log').getByRole('listitem').count();

    await mallory.press('Call');
    await mallory.page.getByText('alice declined the call.').nth(1).waitFor();
    expect(await alice.page.getByRole('log').getByRole('listitem').count()).toBe(entries);
    expect(await alice.page.getByRole('button', { name: 'Call', exact: true }).count()).toBe(0);

    await alice.page.reload();
    await alice.press('Connect');
    await alice.status('Connected');
    await mallory.press('Call');
    await mallory.page.getByText('alice declined the call.').nth(2).waitFor();
    expect(await alice.row(mallory.peerId).count()).toBe(0);

    // Under the name that the user gives it meanwhile.
    await alice.field('New contact').fill(`the-enemy=${mallory.peerId}`);
    await alice.press('Add');
    await alice.press('Settings');
    await alice.press('Unblock the-enemy');
    await alice.reads(/^No peer\. The calls of a blocked peer/);
    await mallory.press('Call');
    await alice.ring('the-enemy').waitFor();
  });

  it('that is a contact leaves the conversation, and can be called again when it is unblocked', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    await alice.press('Hang up');
    await bob.receives('alice hung up.');
    await alice.press('Block');
    await alice.sees('bob', 'blocked');
    await bob.press('Call');
    await bob.receives('alice declined the call.');
    await alice.press('Unblock');
    await alice.sees('bob', 'online');
    await talking(alice, bob);
  });
});
