import { describe, expect, it } from '@jest/globals';
import { PeerKey } from './peer-key.js';
import { createProof, proofLines, type ProofFields } from './register-proof.js';

const REGISTER = { license_key: 'WR1-7QK2M-9XF4T', device_id: 'device-alice', peer_id: 'peer-alice' };
const FIELDS: ProofFields = { url: 'wss://one.example/ws', nonce: 'A'.repeat(22), register: REGISTER };

/** The line at this place. */
async function line(index: number, fields: Partial<ProofFields>): Promise<string | undefined> {
  return (await proofLines({ ...FIELDS, ...fields }))[index];
}

describe('The lines of a proof', () => {
  it.each([
    ['wss://One.Example/ws', 'one.example'],
    ['wss://one.example:443/ws', 'one.example'],
    ['wss://one.example:80/ws', 'one.example:80'],
    ['ws://one.example:80/ws', 'one.example'],
    ['ws://127.0.0.1:8080/other?x=1', '127.0.0.1:8080'],
    ['ws://[::1]:8080/ws', '[::1]:8080'],
  ])('have the host of %s as %s', async (url, host) => {
    expect(await line(1, { url })).toBe(host);
  });

  it('have the same hash for every way to type a license key', async () => {
    const hashOf = (license_key: string) => line(5, { register: { ...REGISTER, license_key } });
    const hash = await hashOf('WR1-7QK2M-01011');
    for (const typed of ['wr17qk2m01011', ' wr1 7qk2m OiOlL ', 'WR1–7QK2M—01011', 'WR1-7QK2M-OIOLI']) {
      expect(await hashOf(typed)).toBe(hash);
    }
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(await hashOf('WR1-7QK2M-01012')).not.toBe(hash);
  });

  it.each([
    [true, '1'],
    [false, '0'],
    [undefined, '0'],
  ])('have a transfer of %s as %s', async (transfer, text) => {
    expect(await line(6, { register: { ...REGISTER, transfer } })).toBe(text);
  });
});

describe('A proof', () => {
  it.each(['', 'A'.repeat(21), 'A'.repeat(23), `${'A'.repeat(20)}\nA`, 7])(
    'is not made for a malformed nonce: %j',
    async (nonce) => {
      const fields = { ...FIELDS, nonce: String(nonce) };
      expect(await createProof(await PeerKey.generate(), fields)).toBeUndefined();
    },
  );
});
