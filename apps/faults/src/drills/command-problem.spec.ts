import { describe, expect, it } from '@jest/globals';
import { diagnosisProblem, fixProblem } from './command-problem.js';
import type { Drill } from './drill.js';

const drill: Drill = {
  alert: 'WrExample',
  fault: 'an example',
  inject: () => Promise.resolve(),
  shows: [
    ['readyz', /"cluster":"down"/, /"state":"serving"/],
    ['ping', /refused/],
  ],
  fails: ['ping'],
};

describe('A command of the diagnosis', () => {
  it('is right if it shows all that the drill names', () => {
    const output = '{"state":"serving","cluster":"down"}';
    expect(diagnosisProblem(drill, 'wr_ask "$GATEWAY" readyz', { output, status: 0 })).toBeUndefined();
  });

  it('is wrong without one of these texts, and the problem quotes its output', () => {
    const output = '{"state":"serving","cluster":"joined"}';
    const problem = diagnosisProblem(drill, 'wr_ask "$GATEWAY" readyz   # why', { output, status: 0 });
    expect(problem).toBe(`without /"cluster":"down"/: wr_ask "$GATEWAY" readyz\n${output}`);
  });

  it('is wrong if it fails, unless the fault makes it fail', () => {
    expect(diagnosisProblem(drill, 'wr_gateways', { output: 'command not found', status: 127 })).toMatch('status 127');
    expect(diagnosisProblem(drill, 'wr_redis ping', { output: 'refused', status: 1 })).toBeUndefined();
  });

  it('is wrong if it succeeds although the fault makes it fail', () => {
    expect(diagnosisProblem(drill, 'wr_redis ping', { output: 'refused', status: 0 })).toMatch('status 0');
  });
});

describe('A command of the fix', () => {
  it('must succeed', () => {
    expect(fixProblem('wr_add 3', { output: '', status: 0 })).toBeUndefined();
    expect(fixProblem('wr_add 3', { output: 'no', status: 1 })).toBe('status 1: wr_add 3\nno');
  });
});
