import { describe, expect, it } from '@jest/globals';
import { keysByUse } from './license-keys.js';
import { jsonOf, tableOf, totalsOf } from './report.js';
import { type Rule, rulesOf } from './rule.js';
import { runRules } from './run-rules.js';

const target = {
  urls: ['ws://127.0.0.1:1/ws'] as const,
  ...keysByUse({ active: [] }),
  keyFile: { active: [], revoked: [], expired: [] },
};

const run = (rules: readonly Rule[], quick = false) => {
  const order: string[] = [];
  const reports = runRules(rules, target, { quick, onReport: ({ rule }) => order.push(rule.title) });
  return reports.then((all) => ({ order, outcomes: all.map(({ result }) => result), all }));
};

const conforms = () => Promise.resolve();
const violates = () => Promise.reject(new Error('it does not'));

describe('runRules', () => {
  it('reports for each rule whether the server conforms, and why not', async () => {
    const { outcomes } = await run(rulesOf(1, { one: conforms, two: violates }));
    expect(outcomes).toEqual([{ status: 'pass' }, { status: 'fail', reason: 'it does not' }]);
  });

  it('skips a rule whose needs are not met, and reports the need', async () => {
    const needs = ['second-url', 'revoked-key', 'expired-key'] as const;
    const rules = needs.flatMap((need) => rulesOf(5, { [need]: violates }, [need]));
    const { outcomes } = await run(rules);
    expect(outcomes.map((result) => ('reason' in result ? result.reason : ''))).toEqual([
      'no --second-url',
      'no key marked revoked',
      'no key marked expired',
    ]);
  });

  it('runs slow rules in parallel with the others, and keeps the order of the reports', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const slow = rulesOf(1, { slow: () => promise }, ['slow']);
    const fast = rulesOf(1, {
      fast: () => {
        resolve(undefined);
        return Promise.resolve();
      },
    });
    const { order, all } = await run([...slow, ...fast]);
    expect(new Set(order)).toEqual(new Set(['slow', 'fast']));
    expect(all.map(({ rule }) => rule.title)).toEqual(['slow', 'fast']);
  });

  it('skips slow rules if quick is set', async () => {
    const { outcomes } = await run(rulesOf(1, { slow: () => new Promise<void>(() => undefined) }, ['slow']), true);
    expect(outcomes).toMatchObject([{ status: 'skipped' }]);
  });
});

describe('The report of a run', () => {
  it('has totals, and each rule with its result and reason', async () => {
    const { all } = await run([
      ...rulesOf(1, { one: conforms, two: violates }),
      ...rulesOf(2, { three: conforms }, ['second-url']),
    ]);
    expect(totalsOf(all)).toEqual({ pass: 1, fail: 1, skipped: 1 });
    expect(tableOf(all)).toMatch(/two +│ fail +│ it does not/);
    expect(tableOf(all)).toContain('1 passed, 1 failed, 1 skipped');
    expect(JSON.parse(jsonOf(all))).toMatchObject({
      fail: 1,
      rules: [
        { section: 1, rule: 'one', result: 'pass' },
        { rule: 'two', result: 'fail', reason: 'it does not' },
        { section: 2, result: 'skipped', reason: 'no --second-url' },
      ],
    });
  });
});
