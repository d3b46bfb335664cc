import { describe, expect, it } from '@jest/globals';
import { generateLicenseKey } from '@white-rabbit/license';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { GENEROUS } from './settings.js';

const cluster = useCluster(1, { env: GENEROUS });

/** Keys that admit no client, by what is wrong with each. */
const KEYS: Readonly<Record<string, () => string>> = {
  'no key at all': () => 'not a key',
  'an empty text': () => '-',
  'wrong check characters': () => withOtherEnd(generateLicenseKey()),
  'never issued': () => generateLicenseKey(),
};

/** The key with another last character, so that its check characters are wrong. */
function withOtherEnd(key: string): string {
  return `${key.slice(0, -1)}${key.endsWith('7') ? '8' : '7'}`;
}

/** All that a client sees of a refusal: the bytes of the answer, and the close. */
async function refusalOf(license_key: string): Promise<{ readonly text: string; readonly code: number }> {
  const client = await cluster.connectAs({ ...(await cluster.identity('guess')), license_key });
  const { device_id, peer_id } = client.identity;
  client.send('register', { license_key, device_id, peer_id }, 'the-ref');
  const { text } = await client.answer('the-ref');
  const { code, reason } = await client.closed();
  return { text: `${text} ${reason}`, code };
}

describe('The refusal of a license key', () => {
  it('has the same bytes and the same close for each key that is not valid', async () => {
    const refusals = await Promise.all(Object.values(KEYS).map((key) => refusalOf(key())));
    expect(new Set(refusals.map(({ text }) => text)).size).toBe(1);
    for (const { text, code } of refusals) {
      expect(text).toContain('license_invalid');
      expect(code).toBe(4501);
    }
  });

  it('needs no look-up if the client can see itself that the key is wrong', async () => {
    const lookUps = async () =>
      Number(
        /^wr_database_query_seconds_count\{[^}]*query="authorize"[^}]*\} (\d+)$/m.exec(
          await cluster.gateway(0).metrics(),
        )?.[1] ?? 0,
      );
    const before = await lookUps();
    for (const [what, key] of Object.entries(KEYS)) {
      await refusalOf(key());
      const expected = what === 'never issued' ? 1 : 0;
      expect({ what, lookUps: (await lookUps()) - before }).toEqual({ what, lookUps: expected });
    }
  });
});
