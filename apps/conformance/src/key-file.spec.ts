import { describe, expect, it } from '@jest/globals';
import { KEYS_NEEDED, readKeyFile } from './key-file.js';

const keyOf = (index: number) => `WR1-00000-00000-00000-00000-00000-${String(index).padStart(5, '0')}`;
const enough = Array.from({ length: KEYS_NEEDED }, (_, index) => keyOf(index));

describe('A file of keys', () => {
  it('has one a line, marked where it is revoked or expired', () => {
    const text = [
      '# of the stand',
      '',
      ...enough,
      `${keyOf(98)} revoked # since May`,
      `  ${keyOf(99)}\texpired  `,
    ].join('\n');
    expect(readKeyFile(text)).toEqual({ active: enough, revoked: [keyOf(98)], expired: [keyOf(99)] });
  });

  it('may end its lines as other systems do', () => {
    expect(readKeyFile(enough.join('\r\n'))).toMatchObject({ active: enough });
  });

  it('may have keys as they are also written', () => {
    const loose = enough.map((key) => key.replaceAll('-', '').toLowerCase());
    expect(readKeyFile(loose.join('\n'))).toMatchObject({ active: loose });
  });

  it('may be what license issue --json printed', () => {
    const issued = enough.map((license_key) => ({ license_key, id: 'an id', max_devices: 1, expires_at: null }));
    expect(readKeyFile(JSON.stringify(issued, undefined, 2))).toEqual({ active: enough, revoked: [], expired: [] });
  });

  it.each(['[', '[7]', '[{"id":"an id"}]', '["a key"]', '[{"license_key":7}]'])(
    'of other JSON (%s) is refused',
    (text) => {
      expect(readKeyFile(text)).toMatch(/^It begins like JSON/);
    },
  );

  it('with too few says how many are needed; one that stands twice is one', () => {
    const few = [...enough.slice(1), enough[1]].join('\n');
    expect(readKeyFile(few)).toBe(`${KEYS_NEEDED} active keys for one device each are needed; the file has 15.`);
  });

  it.each([`${keyOf(17)} lost`, `${keyOf(17)} revoked expired`, 'KEY', keyOf(17).slice(0, -1), '{"license_key":1}'])(
    'with a line such as "%s" is refused by its number, not its text',
    (line) => {
      const refusal = readKeyFile([...enough, line].join('\n'));
      expect(refusal).toMatch(/^Line 17: /);
      expect(refusal).not.toContain(line);
    },
  );
});
