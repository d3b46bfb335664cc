import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REPOSITORY_ROOT } from '@white-rabbit/testing';
import { scaledRules, SECONDS_A_MINUTE } from './scaled-rules.js';

const FILE = readFileSync(join(REPOSITORY_ROOT, 'deploy/prometheus/rules.yaml'), 'utf8');

describe('Scaled alert rules', () => {
  it('have shorter windows, offsets and waiting times, and the thresholds of the file', () => {
    const rule = 'expr: sum(rate(x_total[5m] offset 1h)) * 600 > 20 and y > 0.5\nfor: 10m\ninterval: 15s';
    expect(scaledRules(rule)).toBe(
      `expr: sum(rate(x_total[${5 * SECONDS_A_MINUTE}s] offset ${60 * SECONDS_A_MINUTE}s)) * 600 > 20 and y > 0.5\nfor: ${10 * SECONDS_A_MINUTE}s\ninterval: 1s`,
    );
  });

  it('leave no minutes, hours or days in the rules of this repository', () => {
    expect(FILE).toMatch(/for: \d+m/);
    expect(scaledRules(FILE)).not.toMatch(/(?:\[|offset |for: )\d+[mhd]\b/);
  });
});
