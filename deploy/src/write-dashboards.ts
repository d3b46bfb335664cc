import { writeFileSync } from 'node:fs';
import { DASHBOARD_FILE, dashboardText } from './grafana/dashboard-file.js';
import { PROMETHEUS_RULE_FILE, prometheusRuleText } from './prometheus/prometheus-rule.js';

// npm run dashboards: writes anew what is made from something else: the dashboard, and the rules for the operator.
writeFileSync(DASHBOARD_FILE, dashboardText());
writeFileSync(PROMETHEUS_RULE_FILE, prometheusRuleText());
