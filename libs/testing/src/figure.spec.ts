import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { FIGURES_WANTED, readFigure, reportFigure } from './figure.js';

afterEach(() => {
  Reflect.deleteProperty(process.env, FIGURES_WANTED);
  jest.restoreAllMocks();
});

function outputOf(report: () => void): string {
  const lines: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  report();
  jest.restoreAllMocks();
  return lines.join('');
}

describe('A figure of a test', () => {
  it('is read from the line that reports it', () => {
    process.env[FIGURES_WANTED] = '1';
    const line = outputOf(() => reportFigure('last OFFLINE after', 12.5, 'ms', { atMost: 15_000 }));
    expect(readFigure(line.trimEnd())).toEqual({
      name: 'last OFFLINE after',
      value: 12.5,
      unit: 'ms',
      limit: { atMost: 15_000 },
    });
  });

  it('is not reported if no command reads it', () => {
    expect(outputOf(() => reportFigure('last OFFLINE after', 12.5))).toBe('');
  });

  it.each(['', 'a sentence', '{"level":"info"}'])('is not found in %j', (line) => {
    expect(readFigure(line)).toBeUndefined();
  });
});
