import { stringify } from 'yaml';
import { BACK_END_ALERTS } from './back-end-alerts.js';
import { CLIENT_ALERTS } from './client-alerts.js';
import { CLUSTER_ALERTS } from './cluster-alerts.js';
import { GATEWAY_ALERTS } from './gateway-alerts.js';
import { OBJECTIVE_ALERTS, OBJECTIVE_RATES, OBJECTIVE_RATIOS } from './objectives.js';
import { GATEWAY_RECORDINGS, JOB_RECORDINGS } from './recordings.js';
import { written, type RuleGroup } from './rule.js';

/** Where Prometheus is given the rules. */
export const RULES_FILE = new URL('../../prometheus/rules.yaml', import.meta.url);

const HEAD = `# Made from deploy/src/prometheus by \`npm run dashboards\`: change it there. Every metric is in docs/metrics.md, every alert has
# an entry in docs/operations.md, whose address is in runbook-url.txt. Tested by rules.test.yaml.
`;

/** All rules. A group is evaluated in its order. */
export const RULE_GROUPS: readonly RuleGroup[] = [
  { name: 'white-rabbit-recorded-gateways', interval: '15s', rules: GATEWAY_RECORDINGS },
  { name: 'white-rabbit-recorded', interval: '15s', rules: JOB_RECORDINGS },
  { name: 'white-rabbit-recorded-objectives', interval: '30s', rules: [...OBJECTIVE_RATES, ...OBJECTIVE_RATIOS] },
  { name: 'white-rabbit-gateways', rules: GATEWAY_ALERTS.map(written) },
  { name: 'white-rabbit-clients', rules: CLIENT_ALERTS.map(written) },
  { name: 'white-rabbit-cluster', rules: CLUSTER_ALERTS.map(written) },
  { name: 'white-rabbit-back-ends', rules: BACK_END_ALERTS.map(written) },
  { name: 'white-rabbit-objectives', rules: OBJECTIVE_ALERTS.map(written) },
];

/** The text of the file. */
export function rulesText(): string {
  return HEAD + stringify({ groups: RULE_GROUPS }, { lineWidth: 0, singleQuote: true });
}
