import type { Need, Rule } from './rule.js';
import { RuleContext, type Target } from './rule-context.js';

/** The result of a rule. */
export type RuleResult = { readonly status: 'pass' } | { readonly status: 'fail' | 'skipped'; readonly reason: string };

/** A rule with its result. */
export interface RuleReport {
  readonly rule: Rule;
  readonly result: RuleResult;
  /** Duration of the check; 0 if the rule was skipped. Milliseconds. */
  readonly tookMs: number;
}

/** Options of a run. */
export interface RunOptions {
  /** Skip rules that take longer than a few seconds. */
  readonly quick: boolean;
  readonly onReport: (report: RuleReport) => void;
}

/**
 * Checks every rule and resolves with the reports in the given order. Slow rules run in parallel with the others, which run
 * one after the other, so that the load of one rule does not affect another. Never rejects.
 */
export async function runRules(
  rules: readonly Rule[],
  target: Target,
  { quick, onReport }: RunOptions,
): Promise<readonly RuleReport[]> {
  const reports = new Map<Rule, RuleReport>();
  const note = (report: RuleReport): void => {
    reports.set(report.rule, report);
    onReport(report);
  };
  const run = async (rule: Rule): Promise<void> => {
    note(await reportOf(rule, target, quick));
  };
  const slow = rules.filter(isSlow).map(run);
  for (const rule of rules) if (!isSlow(rule)) await run(rule);
  await Promise.all(slow);
  return rules.flatMap((rule) => reports.get(rule) ?? []);
}

function isSlow({ needs }: Rule): boolean {
  return needs.includes('slow');
}

async function reportOf(rule: Rule, target: Target, quick: boolean): Promise<RuleReport> {
  const missing = rule.needs.map((need) => reasonWithout(need, target, quick)).find((reason) => reason !== undefined);
  if (missing !== undefined) return { rule, result: { status: 'skipped', reason: missing }, tookMs: 0 };
  const start = performance.now();
  const result = await resultOf(rule, new RuleContext(target));
  return { rule, result, tookMs: Math.round(performance.now() - start) };
}

async function resultOf(rule: Rule, context: RuleContext): Promise<RuleResult> {
  try {
    await rule.check(context);
    return { status: 'pass' };
  } catch (failure) {
    return { status: 'fail', reason: failure instanceof Error ? failure.message : String(failure) };
  } finally {
    await context.end();
  }
}

/** Why a rule with this need cannot be checked; `undefined` if it can. */
function reasonWithout(need: Need, { urls, keyFile }: Target, quick: boolean): string | undefined {
  switch (need) {
    case 'second-url':
      return urls[1] === undefined ? 'no --second-url' : undefined;
    case 'slow':
      return quick ? 'slow; skipped by --quick' : undefined;
    case 'revoked-key':
      return keyFile.revoked.length === 0 ? 'no key marked revoked' : undefined;
    case 'expired-key':
      return keyFile.expired.length === 0 ? 'no key marked expired' : undefined;
  }
}
