import { describe, expect, test } from '@jest/globals';
import { MIGRATIONS } from './migrations/index.js';
import { compareSchema } from './schema-state.js';

const known = ['1First', '2AddedExpand', '3TakenContract'];
const thisVersion = MIGRATIONS.map(({ name }) => name);

describe('compareSchema', () => {
  test.each([
    ['without any migration', [], 'absent'],
    ['with all that this version knows', known, 'current'],
    ['that lacks an addition', ['1First'], 'older'],
    ['that lacks only what may be taken away later', ['1First', '2AddedExpand'], 'current'],
    ['to which a later version added something', [...known, '4MoreExpand'], 'expanded'],
    ['to which several later versions added something', [...known, '4MoreExpand', '5EvenMoreExpand'], 'expanded'],
    ['from which a later version took something away', [...known, '4MoreExpand', '5GoneContract'], 'newer'],
    ['that a later version changed without a promise', [...known, '4Other'], 'newer'],
    ['that lacks an addition, and has a later one', ['1First', '4MoreExpand'], 'older'],
    ['that is older, and newer beyond use', ['1First', '5GoneContract'], 'newer'],
  ])('%s', (_, ran, expected) => {
    expect(compareSchema(ran, known)).toBe(expected);
  });

  test('returns current for the migrations of this version', () => {
    expect(compareSchema(thisVersion)).toBe('current');
  });
});

describe('MIGRATIONS', () => {
  test('are in the order of their times, and all but the first are named Expand or Contract', () => {
    expect(thisVersion).toEqual([...thisVersion].sort());
    for (const name of thisVersion.slice(1)) expect(name).toMatch(/^Migration\d{14}\w+(Expand|Contract)$/);
  });
});
