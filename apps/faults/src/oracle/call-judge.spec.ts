import { beforeEach, describe, expect, it } from '@jest/globals';
import { CallJudge } from './call-judge.js';
import { PROMISED } from './deadlines.js';
import { Disturbances } from './disturbances.js';
import { Violations } from './violations.js';

let violations: Violations;
let disturbances: Disturbances;
let judge: CallJudge;
beforeEach(() => {
  violations = new Violations();
  disturbances = new Disturbances();
  judge = new CallJudge(PROMISED, violations, disturbances);
});

function bothAre(state: 'ringing' | 'active' | 'established'): void {
  for (const peer of ['alice', 'bob']) judge.is('call', peer, state, 0);
}

describe('CallJudge', () => {
  it('counts an active side whose other side has been gone for 16 s, once', () => {
    bothAre('active');
    judge.gone('bob', 1_000);
    judge.judge(17_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(17_001);
    judge.judge(30_000);
    expect(violations.count('limbo')).toBe(1);
  });

  it('begins this deadline at the end of an outage', () => {
    bothAre('active');
    disturbances.outageBegan(500);
    judge.gone('bob', 1_000);
    judge.judge(60_000);
    disturbances.outageEnded(60_000);
    judge.judge(70_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(70_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives the others 15 s from the end of an outage to miss a gateway that was killed shortly before it', () => {
    bothAre('active');
    disturbances.killed(1_000);
    judge.gone('bob', 1_000);
    disturbances.outageBegan(15_000);
    disturbances.outageEnded(20_000);
    judge.judge(35_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(35_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives no more time for a gateway that was killed long before an outage', () => {
    bothAre('active');
    disturbances.killed(1_000);
    disturbances.outageBegan(17_000);
    disturbances.outageEnded(20_000);
    judge.gone('bob', 5_000);
    judge.judge(30_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('counts each side that rings for more than 50 s', () => {
    bothAre('ringing');
    judge.judge(50_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(50_001);
    expect(violations.count('endless_ring')).toBe(2);
  });

  it('lets an established call survive the loss of a connection', () => {
    bothAre('established');
    judge.gone('bob', 1_000);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
  });

  it('allows frames of an established call only while they were in transit', () => {
    bothAre('established');
    judge.disturbed('call', 'signal', 6_000);
    expect(violations.kinds).toEqual([]);
    judge.disturbed('call', 'hangup', 6_001);
    expect(violations.count('established_disturbed')).toBe(1);
  });

  it('forgets a call that is over', () => {
    bothAre('active');
    for (const peer of ['alice', 'bob']) judge.is('call', peer, 'gone', 1_000);
    judge.judge(51_000);
    expect(judge.open).toBe(1);
    judge.judge(51_001);
    expect(judge.open).toBe(0);
  });
});
