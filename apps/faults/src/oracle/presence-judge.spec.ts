import { beforeEach, describe, expect, it } from '@jest/globals';
import { PROMISED } from './deadlines.js';
import { Disturbances } from './disturbances.js';
import { PresenceJudge } from './presence-judge.js';
import { Violations } from './violations.js';

let violations: Violations;
let disturbances: Disturbances;
let judge: PresenceJudge;
beforeEach(() => {
  violations = new Violations();
  disturbances = new Disturbances();
  judge = new PresenceJudge(PROMISED, violations, disturbances);
  judge.registered('alice', 0, ['bob'], 0);
  judge.registered('bob', 1, [], 0);
  judge.saw('alice', 'bob', 'ONLINE', 100);
});

describe('PresenceJudge', () => {
  it('allows ONLINE for 2 s after a peer is gone, and no longer', () => {
    judge.gone('bob', 10_000);
    judge.judge(12_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(12_001);
    judge.judge(30_000);
    expect(violations.count('false_online')).toBe(1);
  });

  it('allows ONLINE for 15 s after the gateway of a peer was killed, also if the peer left just before', () => {
    judge.gone('bob', 10_000);
    disturbances.killed(1, 11_000);
    judge.judge(26_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(26_001);
    expect(violations.count('false_online')).toBe(1);
  });

  it('allows only 2 s if another gateway was killed', () => {
    disturbances.killed(2, 10_000);
    judge.gone('bob', 10_000);
    judge.judge(12_001);
    expect(violations.count('false_online')).toBe(1);
  });

  it('gives a peer that is gone no more time for each notification of ONLINE', () => {
    judge.gone('bob', 10_000);
    for (let atMs = 10_500; atMs <= 12_500; atMs += 500) judge.saw('alice', 'bob', 'ONLINE', atMs);
    judge.judge(12_501);
    expect(violations.count('false_online')).toBe(1);
  });

  it('counts a first notification of ONLINE long after a peer is gone, although it is corrected at once', () => {
    judge.gone('bob', 10_000);
    judge.registered('carol', 0, ['bob'], 39_000);
    judge.saw('carol', 'bob', 'ONLINE', 39_001);
    judge.saw('carol', 'bob', 'OFFLINE', 39_002);
    expect(violations.count('false_online')).toBe(1);
  });

  it('allows ONLINE of a peer whose register has no answer yet, and for 2 s if its connection ends then', () => {
    judge.gone('bob', 10_000);
    judge.saw('alice', 'bob', 'OFFLINE', 10_100);
    judge.registers('bob', 2);
    judge.saw('alice', 'bob', 'ONLINE', 20_000);
    judge.judge(20_100);
    judge.gone('bob', 20_200);
    judge.judge(22_200);
    expect(violations.kinds).toEqual([]);
    judge.judge(22_201);
    expect(violations.count('false_online')).toBe(1);
  });

  it('allows ONLINE that a refused register caused for 2 s, and that of an earlier session no longer', () => {
    judge.registered('carol', 0, ['bob'], 9_000);
    judge.gone('bob', 10_000);
    judge.saw('alice', 'bob', 'OFFLINE', 10_100);
    judge.saw('carol', 'bob', 'ONLINE', 10_100);
    judge.registers('bob', 2);
    judge.saw('alice', 'bob', 'ONLINE', 11_900);
    judge.refused('bob', 12_000);
    judge.judge(12_001);
    expect(violations.lines).toEqual([expect.stringContaining('carol sees bob')]);
    judge.judge(14_000);
    expect(violations.count('false_online')).toBe(1);
    judge.judge(14_001);
    expect(violations.count('false_online')).toBe(2);
  });

  it('counts each contact without a status 2 s after registered, once', () => {
    judge.registered('carol', 0, ['alice', 'bob', 'dave'], 10_000);
    judge.saw('carol', 'alice', 'ONLINE', 10_001);
    expect(judge.wrong).toBe(2);
    judge.judge(12_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(12_001);
    judge.judge(60_000);
    expect(violations.count('unseen')).toBe(2);
  });

  it('gives a session at a gateway that does not run 10 s for its first statuses when it runs again', () => {
    judge.registered('carol', 2, ['bob'], 10_000);
    disturbances.suspended(2, 10_100);
    judge.judge(60_000);
    disturbances.resumed(2, 60_000);
    judge.judge(70_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(70_001);
    expect(violations.count('unseen')).toBe(1);
  });

  it('allows OFFLINE for 2 s after a peer registered, and no longer', () => {
    judge.gone('bob', 10_000);
    judge.saw('alice', 'bob', 'OFFLINE', 10_100);
    judge.registered('bob', 1, [], 20_000);
    judge.judge(22_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(22_001);
    expect(violations.count('false_offline')).toBe(1);
  });

  it('counts OFFLINE of a registered peer although it is corrected, also during an outage', () => {
    disturbances.outageBegan(5_000);
    judge.saw('alice', 'bob', 'OFFLINE', 6_000);
    judge.saw('alice', 'bob', 'ONLINE', 6_001);
    judge.judge(8_001);
    expect(violations.count('false_offline')).toBe(1);
  });

  it('accepts OFFLINE that arrives before the end of the connection that it reports', () => {
    judge.saw('alice', 'bob', 'OFFLINE', 6_000);
    judge.gone('bob', 6_500);
    judge.registered('bob', 0, [], 7_000);
    judge.saw('alice', 'bob', 'ONLINE', 7_100);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
  });

  it('begins its deadlines at the end of an outage', () => {
    disturbances.outageBegan(5_000);
    judge.gone('bob', 6_000);
    judge.judge(100_000);
    disturbances.outageEnded(100_000);
    judge.judge(110_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(110_001);
    expect(violations.count('false_online')).toBe(1);
  });

  it('allows OFFLINE of a peer whose gateway does not run, until 10 s after it runs again', () => {
    disturbances.suspended(1, 5_000);
    judge.saw('alice', 'bob', 'OFFLINE', 16_000);
    judge.judge(50_000);
    disturbances.resumed(1, 50_000);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
    judge.judge(60_001);
    expect(violations.count('false_offline')).toBe(1);
  });

  it('allows a gateway that did not run to report late that a peer was OFFLINE for a moment', () => {
    disturbances.suspended(0, 5_000);
    judge.gone('bob', 6_000);
    judge.registered('bob', 1, [], 7_000);
    disturbances.resumed(0, 20_000);
    judge.saw('alice', 'bob', 'OFFLINE', 20_100);
    judge.saw('alice', 'bob', 'ONLINE', 20_100);
    judge.judge(60_000);
    expect(violations.kinds).toEqual([]);
  });

  it('counts the OFFLINE of a peer that has moved away from a gateway that does not run', () => {
    disturbances.suspended(1, 5_000);
    judge.registered('bob', 2, [], 10_000);
    judge.saw('alice', 'bob', 'OFFLINE', 12_001);
    judge.saw('alice', 'bob', 'ONLINE', 12_100);
    judge.judge(14_002);
    expect(violations.count('false_offline')).toBe(1);
  });

  it('forgets what a session saw when it ends', () => {
    judge.gone('alice', 1_000);
    judge.gone('bob', 1_000);
    judge.judge(60_000);
    expect(judge.views).toBe(0);
    expect(violations.kinds).toEqual([]);
  });
});
