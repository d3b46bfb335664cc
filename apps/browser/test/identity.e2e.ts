import { expect, it } from '@jest/globals';
import { describeInChromium } from './describe-in-chromium.js';

/** Runs in the page: what it stores of an identity. */
async function storedIdentity(name: string): Promise<{ isExtractable: boolean; local: string }> {
  const opening = indexedDB.open('white-rabbit', 1);
  await new Promise((resolve) => (opening.onsuccess = resolve));
  const reading = opening.result.transaction('identities').objectStore('identities').get(name);
  await new Promise((resolve) => (reading.onsuccess = resolve));
  opening.result.close();
  const { pair } = reading.result as { pair: CryptoKeyPair };
  return { isExtractable: pair.privateKey.extractable, local: JSON.stringify(localStorage) };
}

describeInChromium('The identity of a page', (browsers) => {
  it('is generated at the first sign-in, is the same after a reload, and has a key that no script can export', async () => {
    const signIn = await browsers().newSignIn(0);
    const alice = await browsers().user('alice');
    const queen = browsers().own(await alice.tab('the-queen'));
    await queen.join(signIn);
    const peerId = await queen.copiedId();
    expect(peerId).toMatch(/^k-[\w-]{43}$/);
    expect(peerId).not.toBe(alice.peerId);
    expect(await queen.page.evaluate(storedIdentity, 'the-queen')).toEqual({
      isExtractable: false,
      local: expect.not.stringContaining(peerId),
    });

    await queen.page.reload();
    await queen.press('Connect');
    await queen.status('Connected');
    expect(await queen.copiedId()).toBe(peerId);
  });

  it('is the same in two tabs that generate it at the same time', async () => {
    const alice = await browsers().user('alice');
    const hatter = browsers().own(await alice.tab('hatter'));
    // One tab signs in as the hatter, another has that name of this browser as a contact.
    await Promise.all([
      alice.signIn(await browsers().newSignIn(0, { contacts: 'hatter' })),
      hatter.signIn(await browsers().newSignIn(1)),
    ]);
    await alice.sees('hatter', 'online');
  });
});
