import { describe, expect, it } from '@jest/globals';
import { KeyRing, KEYS_NEEDED, readKeyFile } from './license-keys.js';

const keyOf = (index: number) => `WR1-00000-00000-00000-00000-00000-${String(index).padStart(5, '0')}`;
const enough = Array.from({ length: KEYS_NEEDED }, (_, index) => keyOf(index));

describe('readKeyFile', () => {
  it('reads one key per line, with an optional state', () => {
    const text = [
      '# for the test',
      '',
      ...enough,
      `${keyOf(98)} revoked # since May`,
      `  ${keyOf(99)}\texpired  `,
    ].join('\n');
    expect(readKeyFile(text)).toEqual({ active: enough, revoked: [keyOf(98)], expired: [keyOf(99)] });
  });

  it('reads lines that end with CRLF', () => {
    expect(readKeyFile(enough.join('\r\n'))).toMatchObject({ active: enough });
  });

  it('reads keys without dashes and in lower case', () => {
    const loose = enough.map((key) => key.replaceAll('-', '').toLowerCase());
    expect(readKeyFile(loose.join('\n'))).toMatchObject({ active: loose });
  });

  it('reads the output of license issue --json', () => {
    const issued = enough.map((license_key) => ({ license_key, id: 'an id', max_devices: 1, expires_at: null }));
    expect(readKeyFile(JSON.stringify(issued, undefined, 2))).toEqual({ active: enough, revoked: [], expired: [] });
  });

  it.each(['[', '[7]', '[{"id":"an id"}]', '["a key"]', '[{"license_key":7}]'])('refuses other JSON: %s', (text) => {
    expect(readKeyFile(text)).toMatch(/^The file begins like JSON/);
  });

  it('reports how many keys are needed if there are too few, and counts a repeated key once', () => {
    const few = [...enough.slice(1), enough[1]].join('\n');
    expect(readKeyFile(few)).toBe(
      `${KEYS_NEEDED} active keys for one device each are needed; the file has ${KEYS_NEEDED - 1}.`,
    );
  });

  it.each([`${keyOf(77)} lost`, `${keyOf(77)} revoked expired`, 'KEY', keyOf(77).slice(0, -1), '{"license_key":1}'])(
    'names the number of an invalid line and not its text: %s',
    (line) => {
      const refusal = readKeyFile([...enough, line].join('\n'));
      expect(refusal).toMatch(new RegExp(`^Line ${KEYS_NEEDED + 1}: `));
      expect(refusal).not.toContain(line);
    },
  );
});

describe('KeyRing', () => {
  it('lends each key once, the least recently used first', async () => {
    const ring = new KeyRing(['a', 'b', 'c']);
    expect([await ring.take(), await ring.take()]).toEqual(['a', 'b']);
    ring.giveBack('b');
    ring.giveBack('a');
    expect([await ring.take(), await ring.take(), await ring.take()]).toEqual(['c', 'b', 'a']);
  });

  it('serves waiting callers in order if all keys are lent', async () => {
    const ring = new KeyRing(['a']);
    const key = await ring.take();
    const waiting = [ring.take(), ring.take()];
    ring.giveBack(key);
    expect(await waiting[0]).toBe('a');
    ring.giveBack('a');
    expect(await waiting[1]).toBe('a');
  });
});
