import { dashboard } from './dashboard.js';
import { ROWS } from './rows.js';

/** Where the dashboard is kept, and what belongs there. */
export const DASHBOARD_FILE = new URL('../../grafana/white-rabbit.json', import.meta.url);

/** The text of the file. */
export function dashboardText(): string {
  return `${JSON.stringify(dashboard(ROWS), null, 2)}\n`;
}
