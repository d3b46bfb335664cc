import { BY_JOB, PLACE } from './labels.js';
import type { AlertPlan, Recording } from './rule.js';

/** A service level objective: of all events, a part is good. */
export interface Objective {
  /** Value of the label `slo`. */
  readonly slo: string;
  /** The part of the events that has to be good, over 30 days. */
  readonly target: number;
  readonly alert: string;
  /** What the bad events are, for summaries: "Registers fail". */
  readonly badNews: string;
  /** PromQL, events a second, by namespace and job. */
  readonly events: string;
  readonly badEvents: string;
}

const rate5m = (series: string) => `sum by (${BY_JOB}) (rate(${series}[5m]))`;
/** `within` matches the bucket of the objective, whose `le` Prometheus 3 writes as 1.0 where 2 writes 1. */
const slower = (histogram: string, within: string) =>
  `${rate5m(`${histogram}_count`)} - ${rate5m(`${histogram}_bucket{${within}}`)}`;

/** Registers that failed because of the servers. A refusal that is the client's fault is neither good nor bad. */
const FAILED_REGISTERS = `${rate5m('wr_registers_total{verdict=~"unavailable|internal"}')}
  + ${rate5m('wr_license_unavailable_total{reason=~"failed|deadline"}')}`;

export const OBJECTIVES: readonly Objective[] = [
  {
    slo: 'register_success',
    target: 0.995,
    alert: 'WrRegisterErrorBudget',
    badNews: 'Registers fail',
    events: `${rate5m('wr_registers_total{verdict="accepted"}')}\n  + ${FAILED_REGISTERS}`,
    badEvents: FAILED_REGISTERS,
  },
  {
    slo: 'register_latency',
    target: 0.99,
    alert: 'WrRegisterLatencyBudget',
    badNews: 'Registers take longer than 1 s',
    events: rate5m('wr_register_seconds_count'),
    badEvents: slower('wr_register_seconds', 'le=~"1|1.0"'),
  },
  {
    slo: 'handover_latency',
    target: 0.99,
    alert: 'WrHandoverLatencyBudget',
    badNews: 'Signals take longer than 250 ms',
    events: rate5m('wr_signal_handover_seconds_count'),
    badEvents: slower('wr_signal_handover_seconds', 'le="0.25"'),
  },
];

/** How fast the error budget of 30 days may be used up before an alert, seen over a long and a short window. */
interface Burn {
  readonly severity: AlertPlan['severity'];
  readonly factor: number;
  readonly long: string;
  readonly short: string;
  /** Over which the bad events are counted. */
  readonly countHours: 1 | 2 | 6;
}

/**
 * Both windows have to be over the limit: the long one so that a short disturbance does not alert, the short one so that the alert
 * ends soon after the disturbance. 14.4 uses 2 % of the budget in 1 h, 6 uses 5 % in 6 h, 3 and 1 use 10 % in 1 and 3 days.
 */
const BURNS: readonly Burn[] = [
  { severity: 'critical', factor: 14.4, long: '1h', short: '5m', countHours: 1 },
  { severity: 'critical', factor: 6, long: '6h', short: '30m', countHours: 6 },
  { severity: 'warning', factor: 3, long: '1d', short: '2h', countHours: 2 },
  { severity: 'warning', factor: 1, long: '3d', short: '6h', countHours: 6 },
];

/** Fewer bad events than this say nothing: in a quiet night a few are a large share of all. */
const FEWEST_BAD_EVENTS = 30;

/** Events and bad events a second. */
export const OBJECTIVE_RATES: readonly Recording[] = OBJECTIVES.flatMap(({ slo, events, badEvents }) => [
  { record: 'job:slo_events:rate5m', expr: events, labels: { slo } },
  { record: 'job:slo_bad_events:rate5m', expr: badEvents, labels: { slo } },
]);

/** The bad part of all events, over every window that an alert looks at. From sums, not from raw series: days are cheap. */
export const OBJECTIVE_RATIOS: readonly Recording[] = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'].map((window) => ({
  record: `job:slo_bad_events:ratio_${window}`,
  expr:
    window === '5m'
      ? 'job:slo_bad_events:rate5m / job:slo_events:rate5m'
      : `avg_over_time(job:slo_bad_events:rate5m[${window}]) / avg_over_time(job:slo_events:rate5m[${window}])`,
}));

/** For each objective an alert that pages while the budget is used up fast, and one that waits. */
export const OBJECTIVE_ALERTS: readonly AlertPlan[] = OBJECTIVES.flatMap((objective) =>
  (['critical', 'warning'] as const).map((severity): AlertPlan => {
    const { alert, badNews, target } = objective;
    const pace = severity === 'critical' ? 'fast' : 'slow';
    return {
      alert,
      severity,
      expr: BURNS.filter((burn) => burn.severity === severity)
        .map((burn) => burning(objective, burn))
        .join('or\n'),
      labels: { burn: pace },
      summary: `${badNews}: the error budget is consumed ${severity === 'critical' ? 'fast' : 'slowly'}.`,
      description: `${badNews}: {{ $value | humanizePercentage }} of the events of ${PLACE}; the objective allows ${percent(1 - target)} over 30 days.`,
    };
  }),
);

function burning({ slo, target }: Objective, { factor, long, short, countHours }: Burn): string {
  const limit = Number((factor * (1 - target)).toFixed(6));
  const of = `{slo="${slo}"}`;
  return `(
  job:slo_bad_events:ratio_${long}${of} > ${limit}
  and job:slo_bad_events:ratio_${short}${of} > ${limit}
  and avg_over_time(job:slo_bad_events:rate5m${of}[${countHours}h]) * ${countHours * 3600} > ${FEWEST_BAD_EVENTS}
)
`;
}

function percent(part: number): string {
  return `${Number((part * 100).toFixed(3))}%`;
}
