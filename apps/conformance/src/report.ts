import Table from 'cli-table3';
import type { RuleReport } from './run-rules.js';

/** Number of rules by result. */
export interface Totals {
  readonly pass: number;
  readonly fail: number;
  readonly skipped: number;
}

/** Counts the results. */
export function totalsOf(reports: readonly RuleReport[]): Totals {
  const count = (status: string): number => reports.filter(({ result }) => result.status === status).length;
  return { pass: count('pass'), fail: count('fail'), skipped: count('skipped') };
}

/** The table cuts longer reasons; `--json` does not. Characters. */
const REASON_LENGTH = 300;

/** The reports as a table with totals. */
export function tableOf(reports: readonly RuleReport[]): string {
  const table = new Table({
    head: ['§', 'rule', 'result', 'reason'],
    colWidths: [4, 60, 9, 50],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  for (const { rule, result } of reports) {
    const reason = result.status === 'pass' ? '' : result.reason.slice(0, REASON_LENGTH);
    table.push([rule.section, rule.title, result.status, reason]);
  }
  const { pass, fail, skipped } = totalsOf(reports);
  return `${table.toString()}\n${pass} passed, ${fail} failed, ${skipped} skipped\n`;
}

/** The reports as JSON. */
export function jsonOf(reports: readonly RuleReport[]): string {
  const rules = reports.map(({ rule, result, tookMs }) => ({
    section: rule.section,
    rule: rule.title,
    result: result.status,
    ...(result.status !== 'pass' && { reason: result.reason }),
    took_ms: tookMs,
  }));
  return `${JSON.stringify({ ...totalsOf(reports), rules }, undefined, 2)}\n`;
}
