import { describe, expect, it } from '@jest/globals';
import { PeerId } from '@white-rabbit/protocol';
import { fromBase64Url, toBase64Url } from './base64url.js';
import { isKeyId, isSignedBy, PeerKey } from './peer-key.js';

describe('A peer key', () => {
  it('has its public key as peer id, which the protocol accepts', async () => {
    const key = await PeerKey.generate();
    expect(key.peerId).toMatch(/^k-[\w-]{43}$/);
    expect(key.peerId).toBe(`k-${key.publicKey}`);
    expect([isKeyId(key.peerId), PeerId.safeParse(key.peerId).success]).toEqual([true, true]);
    expect(fromBase64Url(key.publicKey)).toHaveLength(32);
  });

  it('cannot be exported unless it was generated for that', async () => {
    const key = await PeerKey.generate();
    await expect(key.exportPrivate()).rejects.toThrow();
    const exportable = await PeerKey.generate(true);
    const again = await PeerKey.import(await exportable.exportPrivate());
    expect(again.peerId).toBe(exportable.peerId);
    expect(await isSignedBy(exportable.peerId, ['a', 'b'], await again.sign(['a', 'b']))).toBe(true);
  });

  it.each(['', 'short', 'A'.repeat(44), `${'A'.repeat(42)}B`])(
    'is not imported from another text: %s',
    async (text) => {
      await expect(PeerKey.import(text)).rejects.toThrow('not a private key');
    },
  );

  it('verifies its own signature of these lines only', async () => {
    const [key, other] = [await PeerKey.generate(), await PeerKey.generate()];
    const signature = await key.sign(['one', 'two']);
    expect(signature).toMatch(/^[\w-]{86}$/);
    expect(await isSignedBy(key.peerId, ['one', 'two'], signature)).toBe(true);
    expect(await isSignedBy(key.peerId, ['one', 'two '], signature)).toBe(false);
    expect(await isSignedBy(other.peerId, ['one', 'two'], signature)).toBe(false);
    expect(await isSignedBy('peer-alice', ['one', 'two'], signature)).toBe(false);
    expect(await isSignedBy(key.peerId, ['one', 'two'], 'not base64url!')).toBe(false);
    expect(await isSignedBy(`k-${'_'.repeat(43)}`, ['one', 'two'], signature)).toBe(false);
  });
});

describe('base64url', () => {
  it('decodes what it encodes, for every length', () => {
    for (let length = 0; length < 70; length += 1) {
      const bytes = crypto.getRandomValues(new Uint8Array(length));
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
    }
  });

  it.each(['A', 'AAAAA', 'AA==', 'A+/A', 'AA A', 'AB', 'AAB'])('refuses a text that no bytes encode to: %s', (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  });
});
