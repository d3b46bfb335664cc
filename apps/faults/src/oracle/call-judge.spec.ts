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
  for (const peer of ['alice', 'bob']) judge.is('call', peer, state, peer === 'bob' ? 1 : 0, 0);
}

describe('CallJudge', () => {
  it('counts an active side whose other side has been gone for 2 s, once', () => {
    bothAre('active');
    judge.gone('bob', 10_000);
    judge.judge(12_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(12_001);
    judge.judge(30_000);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives the other side 15 s if the gateway of the side that is gone was killed, and no other gateway', () => {
    bothAre('active');
    disturbances.killed(1, 10_000);
    judge.gone('bob', 10_100);
    judge.judge(25_100);
    expect(violations.kinds).toEqual([]);
    judge.judge(25_101);
    expect(violations.count('limbo')).toBe(1);
    judge.is('other', 'carol', 'active', 0, 30_000);
    judge.is('other', 'dave', 'gone', 2, 30_000);
    judge.judge(35_501);
    expect(violations.count('limbo')).toBe(2);
  });

  it('gives a side that has just accepted the time of its answer', () => {
    judge.is('call', 'alice', 'gone', 0, 10_000);
    judge.is('call', 'bob', 'active', 1, 20_000);
    judge.judge(25_500);
    expect(violations.kinds).toEqual([]);
    judge.judge(25_501);
    expect(violations.count('limbo')).toBe(1);
  });

  it('allows 6 s from the end of an outage', () => {
    bothAre('active');
    disturbances.outageBegan(500);
    judge.gone('bob', 1_000);
    judge.judge(60_000);
    disturbances.outageEnded(60_000);
    judge.judge(66_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(66_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives the others 15 s from the end of an outage to miss a gateway that was killed shortly before it', () => {
    bothAre('active');
    disturbances.killed(1, 1_000);
    judge.gone('bob', 1_000);
    disturbances.outageBegan(15_000);
    disturbances.outageEnded(20_000);
    judge.judge(35_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(35_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives a gateway that did not run 15 s from then on to miss one that was killed shortly before', () => {
    bothAre('active');
    disturbances.killed(1, 1_000);
    judge.gone('bob', 1_000);
    disturbances.suspended(0, 10_000);
    disturbances.resumed(0, 22_000);
    judge.judge(37_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(37_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('gives no more time for a gateway that was killed long before an outage', () => {
    bothAre('active');
    disturbances.killed(1, 1_000);
    disturbances.outageBegan(17_000);
    disturbances.outageEnded(20_000);
    judge.gone('bob', 5_000);
    judge.judge(26_001);
    expect(violations.count('limbo')).toBe(1);
  });

  it('counts each side that rings for more than 46 s', () => {
    bothAre('ringing');
    judge.judge(46_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(46_001);
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
    judge.disturbed('call', 'signal', 5_500);
    expect(violations.kinds).toEqual([]);
    judge.disturbed('call', 'hangup', 5_501);
    expect(violations.count('established_disturbed')).toBe(1);
  });

  it('forgets a call that is over', () => {
    bothAre('active');
    for (const peer of ['alice', 'bob']) judge.is('call', peer, 'gone', 0, 1_000);
    judge.judge(47_000);
    expect(judge.open).toBe(1);
    judge.judge(47_001);
    expect(judge.open).toBe(0);
  });
});
