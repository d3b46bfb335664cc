import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safeFileName } from './file-name.js';

const bytesOf = (text: string) => Buffer.byteLength(text);

describe('safeFileName', () => {
  it.each([
    ['tea party.txt', 'tea party.txt'],
    ['차 마시는 시간.jpg', '차 마시는 시간.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\Windows\\system32\\calc.exe', 'calc.exe'],
    ['/', 'file'],
    ['..', 'file'],
    ['', 'file'],
    ['.bashrc', 'bashrc'],
    ['report.pdf. . ', 'report.pdf'],
    ['photo\u202egpj.exe', 'photogpj.exe'],
    ['a\u001b[2Jb\u0000c\u2028d', 'a[2Jbcd'],
    ['lone \ud800 surrogate', 'lone  surrogate'],
    ['what?: a "name" <here>|*', 'what a name here'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['console.txt', 'console.txt'],
    ['e\u0301.txt', '\u00e9.txt'],
  ])('reduces %j to %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('cuts a long name to 120 bytes of whole characters and keeps its ending', () => {
    expect(safeFileName(`${'x'.repeat(300)}.tar.gz`)).toBe(`${'x'.repeat(117)}.gz`);
    const cut = safeFileName(`${'앨'.repeat(100)}.jpeg`);
    expect([cut, bytesOf(cut)]).toEqual([`${'앨'.repeat(38)}.jpeg`, 119]);
    expect(bytesOf(safeFileName(`x.${'y'.repeat(300)}`))).toBe(120);
  });

  it('gives any text a name that is safe, and leaves a safe name as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const safe = safeFileName(text);
        expect(safe).toMatch(/^[^./\\\p{Cc}\p{Cf}\p{Cs}\s][^/\\\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u);
        expect(bytesOf(safe)).toBeLessThanOrEqual(120);
        expect(safeFileName(safe)).toBe(safe);
      }),
    );
  });
});
