import { writeFileSync } from 'node:fs';
import { DASHBOARD_FILE, dashboardText } from './grafana/dashboard.js';
import { PROMETHEUS_RULE_FILE, prometheusRuleText } from './prometheus/prometheus-rule.js';
import { RULES_FILE, rulesText } from './prometheus/rules-file.js';

// npm run dashboards: writes the dashboard and the rules, for Prometheus and for its operator.
writeFileSync(DASHBOARD_FILE, dashboardText());
writeFileSync(PROMETHEUS_RULE_FILE, prometheusRuleText());
writeFileSync(RULES_FILE, rulesText());
