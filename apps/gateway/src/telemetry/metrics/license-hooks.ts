import type { LicenseModuleOptions } from '@white-rabbit/license';
import { BACK_END_METRICS } from './back-end-metrics.js';
import type { LicenseFailureLog } from '../log/license-failure-log.js';
import type { Metrics } from './metrics.js';

const REASONS = BACK_END_METRICS.wr_license_unavailable_total.label.values;

/** Counts what the license database is asked, and what becomes of it. */
export function licenseHooks(
  metrics: Metrics,
  failures: Pick<LicenseFailureLog, 'note'>,
): Pick<LicenseModuleOptions, 'onQuery' | 'onUnavailable'> {
  return {
    onQuery: (query, durationMs, isAnswered) => {
      metrics.queries.note(durationMs, query);
      if (!isAnswered) metrics.queryErrors.count(query);
    },
    // Codes of the driver are many: they are for the log, and one reason in the metric.
    onUnavailable: (code) => {
      const reason = REASONS.find((known) => known === code);
      metrics.unlicensed.count(reason ?? 'failed');
      if (reason === undefined) failures.note(code);
    },
  };
}
