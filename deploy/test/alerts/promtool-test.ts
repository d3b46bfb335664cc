import type { Firing, Situation } from './situation.js';

/** A test file of promtool for one situation. `rules`: path of the rules. */
export function promtoolTest(rules: string, situation: Situation): object {
  return {
    rule_files: [rules],
    evaluation_interval: '30s',
    tests: [
      {
        name: situation.title,
        interval: '15s',
        input_series: situation.gateways.flat(),
        promql_expr_test: [
          ...situation.firing.map(({ atMinute, alerts }) => ({
            expr: 'group by (alertname, severity, namespace, region) (ALERTS{alertstate="firing"})',
            eval_time: `${atMinute}m`,
            exp_samples: alerts.map((alert) => ({ labels: labelsOf(alert), value: 1 })),
          })),
          ...(situation.everCritical === undefined ? [] : [everCritical(situation.minutes, situation.everCritical)]),
        ],
      },
    ],
  };
}

function everCritical(minutes: number, names: readonly string[]) {
  return {
    expr: `group by (alertname) (count_over_time(ALERTS{alertstate="firing",severity="critical"}[${minutes}m:15s]))`,
    eval_time: `${minutes}m`,
    exp_samples: names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 })),
  };
}

/** `WrNoNodeReady (critical) namespace=a region=eu` as a selector. */
function labelsOf(alert: Firing): string {
  const [, name = '', severity = '', rest = ''] = /^(\w+) \((\w+)\) ?(.*)$/.exec(alert) ?? [];
  const labels = rest.split(' ').filter((label) => label !== '');
  const more = labels.map((label) => `,${label.replace('=', '="')}"`).join('');
  return `{alertname="${name}",severity="${severity}"${more}}`;
}
