import { describe, expect, it } from '@jest/globals';
import { readOptions } from './options.js';
import { QUICK, WHOLE } from './rows/sample.js';

describe('The options of npm run bench', () => {
  it('are a whole run of all rows that writes the page, unless others are given', () => {
    expect(readOptions([])).toMatchObject({ sample: WHOLE, isQuick: false, write: true, json: false, profile: false });
    expect(readOptions([])).toMatchObject({
      rows: new Set(['signal', 'sdp', 'fast', 'memory', 'across', 'register', 'known', 'fan-out']),
    });
  });

  it.each([
    [['--quick'], false],
    [['--only', 'memory'], false],
    [['--quick', '--write'], true],
    [['--only', 'memory', '--write'], true],
  ])('write the page after %j: %s', (args, write) => {
    expect(readOptions(args)).toMatchObject({ write });
  });

  it('name rows in any order', () => {
    expect(readOptions(['--only', 'memory,signal', '--quick'])).toMatchObject({
      rows: new Set(['signal', 'memory']),
      sample: QUICK,
    });
  });

  it('are refused if a row or an option does not exist, and printed for --help', () => {
    expect(readOptions(['--only', 'speed'])).toMatchObject({ failed: true, text: expect.stringContaining('speed') });
    expect(readOptions(['--fast'])).toMatchObject({ failed: true, text: expect.stringContaining('--quick') });
    expect(readOptions(['--help'])).toMatchObject({ failed: false });
  });
});
