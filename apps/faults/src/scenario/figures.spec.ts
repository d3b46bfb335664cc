import { describe, expect, it } from '@jest/globals';
import type { Limit } from '@white-rabbit/testing';
import { Figures, isKept } from './figures.js';

describe('A figure', () => {
  it.each<readonly [Limit | undefined, readonly number[], readonly number[]]>([
    [{ atMost: 4 }, [3, 4], [4.1]],
    [{ atLeast: 4 }, [4, 5], [3.9]],
    [{ exactly: 4 }, [4], [3, 5]],
    [{ stated: 4 }, [0, 4, 5], []],
    [undefined, [0, 1e9], []],
  ])('with the limit %j keeps it with %j and not with %j', (limit, kept, broken) => {
    const figure = (value: number) => ({ name: '', value, unit: '', ...(limit && { limit }) });
    expect(kept.map(figure).every(isKept)).toBe(true);
    expect(broken.map(figure).some(isKept)).toBe(false);
  });

  it('that is not a number keeps no limit', () => {
    const figures = new Figures();
    figures.add('resident memory', Number.NaN, '', { atMost: 4 });
    expect(figures.areKept).toBe(false);
  });
});
