import type { Need, Rule } from './rule.js';
import { Scene } from './scene.js';
import type { Stand } from './scene.js';

/** What became of a rule. */
export type Verdict = { readonly outcome: 'pass' } | { readonly outcome: 'fail' | 'skipped'; readonly reason: string };

/** A rule and what became of it. */
export interface Finding {
  readonly rule: Rule;
  readonly verdict: Verdict;
  /** Milliseconds; 0 where it was skipped. */
  readonly tookMs: number;
}

/** How to run. */
export interface RunOptions {
  /** Leave out what takes longer than a few seconds. */
  readonly quick: boolean;
  readonly onFinding: (finding: Finding) => void;
}

/**
 * Checks every rule: those that have to wait beside the others, which run one after the other so that no rule is
 * blamed for another's load. In the order given; never rejects.
 */
export async function runRules(
  rules: readonly Rule[],
  stand: Stand,
  { quick, onFinding }: RunOptions,
): Promise<readonly Finding[]> {
  const findings = new Map<Rule, Finding>();
  const note = (finding: Finding): void => {
    findings.set(finding.rule, finding);
    onFinding(finding);
  };
  const run = async (rule: Rule): Promise<void> => {
    note(await findingOf(rule, stand, quick));
  };
  const slow = rules.filter(isSlow).map(run);
  for (const rule of rules) if (!isSlow(rule)) await run(rule);
  await Promise.all(slow);
  return rules.flatMap((rule) => findings.get(rule) ?? []);
}

function isSlow({ needs }: Rule): boolean {
  return needs.includes('patience');
}

async function findingOf(rule: Rule, stand: Stand, quick: boolean): Promise<Finding> {
  const missing = rule.needs.map((need) => reasonWithout(need, stand, quick)).find((reason) => reason !== undefined);
  if (missing !== undefined) return { rule, verdict: { outcome: 'skipped', reason: missing }, tookMs: 0 };
  const start = performance.now();
  const verdict = await verdictOf(rule, new Scene(stand));
  return { rule, verdict, tookMs: Math.round(performance.now() - start) };
}

async function verdictOf(rule: Rule, scene: Scene): Promise<Verdict> {
  try {
    await rule.check(scene);
    return { outcome: 'pass' };
  } catch (failure) {
    return { outcome: 'fail', reason: failure instanceof Error ? failure.message : String(failure) };
  } finally {
    await scene.end();
  }
}

/** Why a rule with that need cannot be checked here; `undefined` where it can. */
function reasonWithout(need: Need, { urls, keyFile }: Stand, quick: boolean): string | undefined {
  switch (need) {
    case 'second-url':
      return urls[1] === undefined ? 'no --second-url' : undefined;
    case 'patience':
      return quick ? 'takes longer; left out by --quick' : undefined;
    case 'revoked-key':
      return keyFile.revoked.length === 0 ? 'no key marked revoked' : undefined;
    case 'expired-key':
      return keyFile.expired.length === 0 ? 'no key marked expired' : undefined;
  }
}
