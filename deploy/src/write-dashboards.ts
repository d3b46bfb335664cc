import { writeFileSync } from 'node:fs';
import { DASHBOARD_FILE, dashboardText } from './grafana/dashboard-file.js';

// npm run dashboards: writes deploy/grafana/ anew from its plan.
writeFileSync(DASHBOARD_FILE, dashboardText());
