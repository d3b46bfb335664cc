import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { fuzzRun } from './fuzz-run.js';
import { KeptCases } from './kept-cases.js';

const options = { durationMs: 20_000, seed: 7 };

/** Fails if a text has two different faults, which no single change of the seed makes. */
const twoFaults = {
  seeds: ['{"a":1}'],
  tokens: ['zero', 'one'],
  run: (input: string) => {
    if (input.includes('zero') && input.includes('one')) throw new Error('both');
    return input.includes('zero') ? 'zero' : input.includes('one') ? 'one' : 'none';
  },
};

describe('A fuzz run', () => {
  it('finds an input that fails, and shrinks it to the changes that are needed', async () => {
    const { failure, words } = await fuzzRun(twoFaults, options);
    expect(failure?.error).toEqual(new Error('both'));
    expect(failure?.input.length).toBeLessThan('{"a":1}zeroone'.length + 1);
    expect(words).toBe(3);
  });

  it('adds the first input of each kind of result to the corpus', async () => {
    // 40 pairs in a row: more than the changes of one input can make.
    const pairs = (input: string) => (/^(?:ab)*/.exec(input)?.[0].length ?? 0) / 2;
    const target = {
      seeds: [''],
      tokens: ['a', 'b'],
      run: (input: string) => {
        if (pairs(input) >= 40) throw new Error('deep');
        return `${pairs(input)}`;
      },
    };
    const { failure } = await fuzzRun(target, options);
    expect(failure?.error).toEqual(new Error('deep'));
  });

  it('ends without a failure when the time is over', async () => {
    const { failure, inputs } = await fuzzRun({ ...twoFaults, run: () => 'fine' }, { durationMs: 1_000, seed: 1 });
    expect(failure).toBeUndefined();
    expect(inputs).toBeGreaterThan(0);
  });
});

describe('A kept case', () => {
  it('is read as it was, with any characters', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kept-cases-'));
    try {
      const cases = new KeptCases(pathToFileURL(`${folder}/`));
      expect(cases.inputs).toEqual([]);
      const file = cases.keep('\0\ud800"\n\u00ff');
      expect(file.startsWith(folder)).toBe(true);
      expect(cases.inputs).toEqual(['\0\ud800"\n\u00ff']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
