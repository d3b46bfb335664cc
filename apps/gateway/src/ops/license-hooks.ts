import type { LicenseModuleOptions } from '@white-rabbit/license';
import type { Metrics } from './metrics.js';

/** Counts what the license database is asked, and what becomes of it. */
export function licenseHooks(metrics: Metrics): Pick<LicenseModuleOptions, 'onQuery' | 'onUnavailable'> {
  return {
    onQuery: (query, durationMs, isAnswered) => {
      metrics.queries.note(durationMs, query);
      if (!isAnswered) metrics.queryErrors.count(query);
    },
    // Codes of the driver are many, and the log of the database has them: here it is failed or not in time.
    onUnavailable: (reason) => {
      metrics.unlicensed.count(reason === 'deadline' || reason === 'queue_full' ? reason : 'failed');
    },
  };
}
