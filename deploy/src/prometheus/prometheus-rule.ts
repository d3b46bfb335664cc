import { stringify } from 'yaml';
import { RULE_GROUPS } from './rules-file.js';

/** Where the component for the Prometheus operator has the rules. */
export const PROMETHEUS_RULE_FILE = new URL(
  '../../../k8s/components/prometheus-operator/prometheus-rule.yaml',
  import.meta.url,
);

const HEAD = '# Made from deploy/src/prometheus by `npm run dashboards`: change it there.\n';

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
    spec: { groups: RULE_GROUPS },
  };
  return HEAD + stringify(document, { lineWidth: 0, singleQuote: true });
}
