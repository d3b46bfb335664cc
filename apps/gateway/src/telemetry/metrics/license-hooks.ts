import type { LicenseModuleOptions } from '@white-rabbit/license';
import { BACK_END_METRICS } from './back-end-metrics.js';
import type { LicenseFailureLog } from '../log/license-failure-log.js';
import type { Metrics } from './metrics.js';

const REASONS = BACK_END_METRICS.wr_license_unavailable_total.label.values;

/** Counts the queries to the license database, and their results. */
export function licenseHooks(
  metrics: Metrics,
  failures: Pick<LicenseFailureLog, 'note'>,
): Pick<LicenseModuleOptions, 'onQuery' | 'onUnavailable'> {
  return {
    onQuery: (query, durationMs, isAnswered) => {
      metrics.queries.note(durationMs, query);
      if (!isAnswered) metrics.queryErrors.count(query);
    },
    // The driver has many error codes: the log has each of them, the metric has one reason for all.
    onUnavailable: (code) => {
      const reason = REASONS.find((known) => known === code);
      metrics.unlicensed.count(reason ?? 'failed');
      if (reason === undefined) failures.note(code);
    },
  };
}
