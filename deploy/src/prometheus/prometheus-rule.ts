import { readFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

/** The rules, and where the component for the Prometheus operator has them. */
const RULES_FILE = new URL('../../prometheus/rules.yaml', import.meta.url);
export const PROMETHEUS_RULE_FILE = new URL(
  '../../../k8s/components/prometheus-operator/prometheus-rule.yaml',
  import.meta.url,
);

const HEAD = '# Made from deploy/prometheus/rules.yaml by `npm run dashboards`: change it there.\n';

/** The text of the component's file: the rules as a document of Kubernetes. */
export function prometheusRuleText(): string {
  const labels = {
    'app.kubernetes.io/name': 'white-rabbit',
    'app.kubernetes.io/part-of': 'white-rabbit',
    'app.kubernetes.io/component': 'gateway',
    'app.kubernetes.io/managed-by': 'kustomize',
  };
  const document = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'white-rabbit-gateway', labels },
    spec: parse(readFileSync(RULES_FILE, 'utf8')) as unknown,
  };
  return HEAD + stringify(document, { lineWidth: 0, singleQuote: true });
}
