import { dashboard } from './dashboard.js';
import { ROWS } from './rows.js';

/** The file of the generated dashboard. */
export const DASHBOARD_FILE = new URL('../../grafana/white-rabbit.json', import.meta.url);

/** The content of `DASHBOARD_FILE`. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(ROWS), null, 2)}\n`;
}
