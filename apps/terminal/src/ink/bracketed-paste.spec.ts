import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { PasteReader } from './bracketed-paste.js';

const BEGIN = '\u001b[200~';
const END = '\u001b[201~';

/** What a reader makes of chunks: keys are joined, a paste is in brackets. */
class Reading {
  text = '';
  readonly reader = new PasteReader({
    onKeys: (keys) => (this.text += keys.toString('latin1')),
    onPaste: (text) => (this.text += `[${text}]`),
  });

  read(...chunks: readonly (string | Buffer)[]): this {
    for (const chunk of chunks) this.reader.read(Buffer.from(chunk));
    return this;
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('PasteReader', () => {
  it('separates keys from pastes', () => {
    expect(new Reading().read(`ab${BEGIN}/quit\n${END}c\r${BEGIN}${END}d`).text).toBe('ab[/quit\n]c\r[]d');
  });

  it('reads the same however the input is split', () => {
    const input = Buffer.from(`a${BEGIN}Grüße\n👍\u001b[31m${END}b${BEGIN}${BEGIN}x${END}\u001b[A`);
    const whole = new Reading().read(input).text;
    expect(whole).toBe(`a[Grüße\n👍\u001b[31m]b[${BEGIN}x]\u001b[A`);
    fc.assert(
      fc.property(fc.array(fc.nat(input.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), input.length];
        const chunks = at.slice(1).map((end, index) => input.subarray(at[index], end));
        expect(new Reading().read(...chunks).text).toBe(whole);
      }),
    );
  });

  it('reports Escape and the beginning of a mark as keys if nothing follows', () => {
    const reading = new Reading().read('\u001b');
    expect(reading.text).toBe('');
    jest.advanceTimersByTime(50);
    expect(reading.text).toBe('\u001b');
    reading.read('[20');
    expect(reading.text).toBe('\u001b[20');
  });

  it('ends a paste whose end mark arrives in two pieces, however late the second is', () => {
    const reading = new Reading().read(`${BEGIN}pasted${END.slice(0, 3)}`);
    jest.advanceTimersByTime(60_000);
    expect(reading.read(`${END.slice(3)}\u0003`).text).toBe('[pasted]\u0003');
  });

  it('cuts a paste without an end', () => {
    const reading = new Reading().read(BEGIN);
    for (let count = 0; count < 100; count += 1) reading.read('x'.repeat(10_000));
    expect(reading.read(END).text).toBe(`[${'x'.repeat(262_144)}]`);
  });
});
