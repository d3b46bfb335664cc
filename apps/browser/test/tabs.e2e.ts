import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';
import { talking, two } from './two-users.js';

const ELSEWHERE = /fred is open in another tab of this browser\./;

describeInChromium('A second tab with the same name', (browsers) => {
  it('says that the first tab has the name, and leaves it connected', async () => {
    const signIn = await browsers().newSignIn(0);
    const first = await browsers().user('fred');
    await first.join(signIn);
    const second = browsers().own(await first.tab());
    await second.signIn(signIn);
    await second.reads(ELSEWHERE);
    expect(second.sockets).toBe(0);
    await first.status('Connected');
  });

  it('takes over if the user wants it, and neither tab reconnects against the other', async () => {
    const signIn = await browsers().newSignIn(0);
    const first = await browsers().user('fred');
    await first.join(signIn);
    const second = browsers().own(await first.tab());
    await second.signIn(signIn);
    await second.press('Use here');
    await second.status('Connected');
    await first.reads('You have opened fred in another tab of this browser.');
    expect([first.sockets, second.sockets]).toEqual([1, 1]);
    // And back again.
    await first.press('Use here');
    await first.status('Connected');
    await second.reads('You have opened fred in another tab of this browser.');
    expect([first.sockets, second.sockets]).toEqual([2, 1]);
  });

  it('ends the calls of the first tab when it takes over', async () => {
    const [alice, bob] = await two(browsers());
    await talking(alice, bob);
    const second = browsers().own(await alice.tab());
    await second.page.getByRole('button', { name: 'Connect' }).click();
    await second.press('Use here');
    await second.status('Connected');
    await bob.receives('alice hung up.');
    await bob.press('Call');
    await second.ring('bob').waitFor();
  });

  it('can use the name after the first tab has left or was closed', async () => {
    const signIn = await browsers().newSignIn(0);
    const first = await browsers().user('fred');
    await first.join(signIn);
    await first.press('Leave');
    const second = browsers().own(await first.tab());
    await second.join(signIn);
    await second.page.close();
    await first.press('Connect');
    await first.status('Connected');
  });
});
