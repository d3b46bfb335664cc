import { describe, expect, it } from '@jest/globals';
import { KeyRing } from './key-ring.js';
import { jsonOf, tableOf, totalsOf } from './report.js';
import type { Rule } from './rule.js';
import { rulesOf } from './rule.js';
import { runRules } from './run-rules.js';

const stand = {
  urls: ['ws://127.0.0.1:1/ws'] as const,
  keys: new KeyRing([]),
  spareKey: '',
  keyFile: { active: [], revoked: [], expired: [] },
};

const run = (rules: readonly Rule[], quick = false) => {
  const told: string[] = [];
  const findings = runRules(rules, stand, { quick, onFinding: ({ rule }) => told.push(rule.says) });
  return findings.then((all) => ({ told, outcomes: all.map(({ verdict }) => verdict), all }));
};

const holds = () => Promise.resolve();
const breaks = () => Promise.reject(new Error('it does not'));

describe('A run', () => {
  it('finds for each rule whether it holds, and why it does not', async () => {
    const { outcomes } = await run(rulesOf(1, { one: holds, two: breaks }));
    expect(outcomes).toEqual([{ outcome: 'pass' }, { outcome: 'fail', reason: 'it does not' }]);
  });

  it('leaves out what it lacks something for, and says what', async () => {
    const needs = ['second-url', 'revoked-key', 'expired-key'] as const;
    const rules = needs.flatMap((need) => rulesOf(5, { [need]: breaks }, [need]));
    const { outcomes } = await run(rules);
    expect(outcomes.map((verdict) => ('reason' in verdict ? verdict.reason : ''))).toEqual([
      'no --second-url',
      'no key marked revoked',
      'no key marked expired',
    ]);
  });

  it('lets those that wait run beside the others, and keeps the order of the report', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const slow = rulesOf(1, { slow: () => promise }, ['patience']);
    const fast = rulesOf(1, {
      fast: () => {
        resolve(undefined);
        return Promise.resolve();
      },
    });
    const { told, all } = await run([...slow, ...fast]);
    expect(new Set(told)).toEqual(new Set(['slow', 'fast']));
    expect(all.map(({ rule }) => rule.says)).toEqual(['slow', 'fast']);
  });

  it('that is to be quick waits for nothing', async () => {
    const { outcomes } = await run(rulesOf(1, { slow: () => new Promise<void>(() => undefined) }, ['patience']), true);
    expect(outcomes).toMatchObject([{ outcome: 'skipped' }]);
  });
});

describe('A report', () => {
  it('counts, and shows each rule with its result and reason', async () => {
    const { all } = await run([
      ...rulesOf(1, { one: holds, two: breaks }),
      ...rulesOf(2, { three: holds }, ['second-url']),
    ]);
    expect(totalsOf(all)).toEqual({ pass: 1, fail: 1, skipped: 1 });
    expect(tableOf(all)).toMatch(/two +│ fail +│ it does not/);
    expect(tableOf(all)).toContain('1 passed, 1 failed, 1 skipped');
    expect(JSON.parse(jsonOf(all))).toMatchObject({
      fail: 1,
      rules: [
        { section: 1, rule: 'one', outcome: 'pass' },
        { rule: 'two', outcome: 'fail', reason: 'it does not' },
        { section: 2, outcome: 'skipped', reason: 'no --second-url' },
      ],
    });
  });
});
