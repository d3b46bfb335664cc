import { runbookUrl } from './runbook.js';

/** A recording rule. The first part of its name says which labels are left: `job` (namespace, job), `region` (and region). */
export interface Recording {
  readonly record: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** `critical` pages an operator, `warning` is a ticket for working hours. */
export type Severity = 'critical' | 'warning';

/** An alert as it is written down here; `written` makes the rule of Prometheus from it. */
export interface AlertPlan {
  /** Also the heading of its entry in the runbook. */
  readonly alert: string;
  readonly severity: Severity;
  readonly expr: string;
  /** How long the expression must hold, in whole minutes; absent: fires at once. */
  readonly forMinutes?: number;
  /** Further labels. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
}

/** An alerting rule as Prometheus reads it. */
export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<'summary' | 'description' | 'runbook_url', string>>;
}

/** Rules that are evaluated one after the other, at the same time. */
export interface RuleGroup {
  readonly name: string;
  /** Absent: the `evaluation_interval` of Prometheus. */
  readonly interval?: string;
  readonly rules: readonly (Recording | Alert)[];
}

/** The rule of Prometheus that an alert becomes. */
export function written({ alert, severity, expr, forMinutes, labels, summary, description }: AlertPlan): Alert {
  return {
    alert,
    expr,
    ...(forMinutes !== undefined && { for: `${forMinutes}m` }),
    labels: { severity, ...labels },
    annotations: { summary, description, runbook_url: runbookUrl(alert) },
  };
}
