import Table from 'cli-table3';
import type { Finding } from './run-rules.js';

/** Counts of a run. */
export interface Totals {
  readonly pass: number;
  readonly fail: number;
  readonly skipped: number;
}

/** How many rules came to what. */
export function totalsOf(findings: readonly Finding[]): Totals {
  const count = (outcome: string): number => findings.filter(({ verdict }) => verdict.outcome === outcome).length;
  return { pass: count('pass'), fail: count('fail'), skipped: count('skipped') };
}

/** Longest reason the table shows; the rest is in `--json`. Characters. */
const REASON_LENGTH = 300;

/** The findings as a table for people, with the totals below. */
export function tableOf(findings: readonly Finding[]): string {
  const table = new Table({
    head: ['§', 'rule', 'result', 'reason'],
    colWidths: [4, 60, 9, 50],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { rule, verdict } of findings) {
    const reason = verdict.outcome === 'pass' ? '' : verdict.reason.slice(0, REASON_LENGTH);
    table.push([rule.section, rule.says, verdict.outcome, reason]);
  }
  const { pass, fail, skipped } = totalsOf(findings);
  return `${table.toString()}\n${pass} passed, ${fail} failed, ${skipped} skipped\n`;
}

/** The findings for programs. */
export function jsonOf(findings: readonly Finding[]): string {
  const rules = findings.map(({ rule, verdict, tookMs }) => ({
    section: rule.section,
    rule: rule.says,
    outcome: verdict.outcome,
    ...(verdict.outcome !== 'pass' && { reason: verdict.reason }),
    took_ms: tookMs,
  }));
  return `${JSON.stringify({ ...totalsOf(findings), rules }, undefined, 2)}\n`;
}
