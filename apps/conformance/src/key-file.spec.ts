import { describe, expect, it } from '@jest/globals';
import { KEYS_NEEDED, readKeyFile } from './key-file.js';

const enough = Array.from({ length: KEYS_NEEDED }, (_, index) => `KEY-${index}`);

describe('A file of keys', () => {
  it('has one a line, marked where it is revoked or expired', () => {
    const text = ['# of the stand', '', ...enough, 'KEY-R revoked # since May', '  KEY-E\texpired  '].join('\n');
    expect(readKeyFile(text)).toEqual({ active: enough, revoked: ['KEY-R'], expired: ['KEY-E'] });
  });

  it('may end its lines as other systems do', () => {
    expect(readKeyFile(enough.join('\r\n'))).toMatchObject({ active: enough });
  });

  it('with too few says how many are needed; one that stands twice is one', () => {
    const few = [...enough.slice(1), enough[1]].join('\n');
    expect(readKeyFile(few)).toBe(`${KEYS_NEEDED} active keys for one device each are needed; the file has 15.`);
  });

  it.each(['KEY lost', 'KEY revoked expired'])(
    'with a line such as "%s" is refused by its number, not its text',
    (line) => {
      const refusal = readKeyFile([...enough, line].join('\n'));
      expect(refusal).toMatch(/^Line 17: /);
      expect(refusal).not.toContain('KEY ');
    },
  );
});
