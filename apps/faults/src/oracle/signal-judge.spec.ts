import { beforeEach, describe, expect, it } from '@jest/globals';
import { PROMISED } from './deadlines.js';
import { Disturbances } from './disturbances.js';
import { SignalJudge } from './signal-judge.js';
import { Violations } from './violations.js';

const WAY = { call: 'call', from: 'alice', to: 'bob' };

let violations: Violations;
let disturbances: Disturbances;
let judge: SignalJudge;
beforeEach(() => {
  violations = new Violations();
  disturbances = new Disturbances();
  judge = new SignalJudge(PROMISED, violations, disturbances);
});

describe('SignalJudge', () => {
  it('accepts an ack that comes before its signal', () => {
    judge.sent(WAY, true, 0);
    judge.answered(WAY, 0, 'ack', 10);
    judge.arrived(WAY, 0, 2_000);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
  });

  it('counts an ack without a signal 2 s later', () => {
    judge.sent(WAY, true, 0);
    judge.answered(WAY, 0, 'ack', 10);
    judge.judge(2_010);
    expect(violations.kinds).toEqual([]);
    judge.judge(2_011);
    expect(violations.count('false_ack')).toBe(1);
  });

  it('cannot prove an ack if the receiver lost its connection at that time', () => {
    judge.sent(WAY, true, 0);
    judge.answered(WAY, 0, 'ack', 10);
    judge.gone('bob', 20);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
    expect(judge.figures.unproven).toBe(1);
  });

  it('cannot prove a first signal to a receiver that has just gone, but one after it has registered again', () => {
    judge.gone('bob', 0);
    judge.sent(WAY, true, 10);
    judge.answered(WAY, 0, 'ack', 20);
    judge.registered('bob');
    judge.sent({ ...WAY, call: 'later' }, true, 100);
    judge.answered({ ...WAY, call: 'later' }, 0, 'ack', 110);
    judge.judge(60_000);
    expect(judge.figures.unproven).toBe(1);
    expect(violations.count('false_ack')).toBe(1);
  });

  it('counts an ack for a receiver that has been gone for more than 1 s', () => {
    for (let n = 0; n < 2; n += 1) judge.sent(WAY, true, 0);
    judge.gone('bob', 20);
    judge.answered(WAY, 0, 'ack', 1_020);
    expect(violations.kinds).toEqual([]);
    judge.answered(WAY, 1, 'ack', 1_021);
    expect(violations.count('false_ack')).toBe(1);
  });

  it('allows an ack the time of an answer after the end of its receiver, up to that time after an outage', () => {
    for (let n = 0; n < 3; n += 1) judge.sent(WAY, true, 0);
    disturbances.outageBegan(0);
    judge.gone('bob', 20);
    judge.answered(WAY, 0, 'ack', 5_520);
    disturbances.outageEnded(5_000);
    expect(violations.kinds).toEqual([]);
    judge.answered(WAY, 1, 'ack', 5_521);
    expect(violations.count('false_ack')).toBe(1);
    judge.answered(WAY, 2, 'ack', 10_501);
    expect(violations.count('false_ack')).toBe(2);
  });

  it('cannot prove a signal without ref whose receiver left while its gateway did not run', () => {
    judge.sent(WAY, false, 0);
    disturbances.suspended(0, 1_000);
    judge.gone('bob', 2_000);
    judge.sent(WAY, false, 10_000);
    disturbances.resumed(0, 12_000);
    judge.sent(WAY, false, 13_001);
    judge.judge(60_000);
    expect(violations.count('lost')).toBe(1);
    expect(judge.figures.unproven).toBe(2);
  });

  it('assigns an error without ref to one signal without ref, and counts the others as lost', () => {
    for (let n = 0; n < 3; n += 1) judge.sent(WAY, false, 0);
    judge.arrived(WAY, 1, 10);
    judge.errorWithoutRef(WAY, 'unavailable', 20);
    judge.judge(7_501);
    expect(violations.count('lost')).toBe(1);
  });

  it('does not excuse a later loss by an error without ref of a signal that arrived', () => {
    judge.sent(WAY, false, 0);
    judge.arrived(WAY, 0, 10);
    judge.errorWithoutRef(WAY, 'undeliverable', 20);
    judge.judge(7_521);
    judge.sent(WAY, false, 8_000);
    judge.judge(15_501);
    expect(violations.count('lost')).toBe(1);
  });

  it('keeps an error without ref as long as its signal is waited for, if a gateway does not run', () => {
    disturbances.suspended(2, 0);
    judge.sent(WAY, false, 10);
    judge.errorWithoutRef(WAY, 'undeliverable', 20);
    judge.judge(15_000);
    disturbances.resumed(2, 20_000);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
  });

  it('counts what was asked, answered, acknowledged, proven and refused; not that a call has ended', () => {
    for (let n = 0; n < 5; n += 1) judge.sent(WAY, true, 0);
    judge.answered(WAY, 0, 'ack', 10);
    judge.arrived(WAY, 0, 10);
    judge.arrived(WAY, 1, 10);
    judge.answered(WAY, 1, 'ack', 10);
    judge.answered(WAY, 2, 'unavailable', 10);
    judge.answered(WAY, 3, 'call_not_found', 10);
    judge.gone('bob', 20);
    judge.answered(WAY, 4, 'ack', 30);
    const expected = { asked: 5, answered: 5, acked: 3, proven: 2, refused: 1, unproven: 1 };
    expect(judge.figures).toMatchObject(expected);
  });

  it('gives a gateway that did not run its time from the moment when it runs again', () => {
    disturbances.suspended(0, 0);
    judge.sent(WAY, false, 10);
    judge.judge(20_000);
    disturbances.resumed(0, 20_000);
    judge.judge(27_500);
    expect(violations.kinds).toEqual([]);
    judge.judge(27_501);
    expect(violations.count('lost')).toBe(1);
  });

  it.each([
    ['undeliverable', 0],
    ['unavailable', 1],
    ['call_not_found', 1],
  ] as const)('a signal that was answered %s and arrived is a violation: %i', (code, count) => {
    judge.sent(WAY, true, 0);
    judge.answered(WAY, 0, code, 10);
    judge.arrived(WAY, 0, 20);
    expect(violations.count('refused_but_delivered')).toBe(count);
  });

  it('counts doubled, reordered and invented signals', () => {
    for (let n = 0; n < 3; n += 1) judge.sent(WAY, true, 0);
    for (const n of [1, 1, 0, 3]) judge.arrived(WAY, n, 10);
    expect(violations.kinds).toEqual(['doubled', 'reordered', 'invented']);
  });

  it('numbers each direction of a call by itself', () => {
    judge.sent(WAY, true, 0);
    expect(judge.sent({ call: 'call', from: 'bob', to: 'alice' }, true, 0)).toBe(0);
    expect(judge.sent(WAY, true, 0)).toBe(1);
  });
});
