import type { LicenseModuleOptions } from '@white-rabbit/license';
import type { LicenseFailureLog } from './license-failure-log.js';
import type { Metrics } from './metrics.js';

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
    // Codes of the driver are many: they are for the log, here it is failed or not in time.
    onUnavailable: (reason) => {
      const isLate = reason === 'deadline' || reason === 'queue_full';
      metrics.unlicensed.count(isLate ? reason : 'failed');
      if (!isLate) failures.note(reason);
    },
  };
}
