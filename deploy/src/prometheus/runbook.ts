import { readFileSync } from 'node:fs';

/** The one place where an installation says where its operators read docs/operations.md: a line with an absolute URL. */
const SETTING = new URL('../../prometheus/runbook-url.txt', import.meta.url);

/** Address of the runbook, without an anchor. */
export const RUNBOOK_URL = readFileSync(SETTING, 'utf8').trim();

/** Address of the entry of an alert. */
export function runbookUrl(alert: string): string {
  return `${RUNBOOK_URL}#${alert.toLowerCase()}`;
}
