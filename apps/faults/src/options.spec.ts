import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';

describe('The command line', () => {
  it('runs all faults at their stated sizes and writes the page', () => {
    expect(readOptions([])).toMatchObject({ numbers: [], scale: 1, write: true });
  });

  it('writes no page for some faults or other sizes, unless asked', () => {
    expect(readOptions(['5', '8'])).toMatchObject({ numbers: [5, 8], write: false });
    expect(readOptions(['--scale', '0.1'])).toMatchObject({ scale: 0.1, write: false });
    expect(readOptions(['5', '--write'])).toMatchObject({ write: true });
  });

  it('repeats a seed and makes up another one each time', () => {
    expect(readOptions(['--seed', '7'])).toMatchObject({ seed: 7 });
    expect(readOptions([])).not.toEqual(readOptions([]));
  });

  it.each([[['x']], [['--scale', '0']], [['--unknown']]])('refuses %j with the usage', (args) => {
    expect(readOptions(args)).toMatchObject({ failed: true, text: expect.stringContaining('npm run test:faults') });
  });
});
