import type { DatabaseState } from '@white-rabbit/cluster';
import type { LicenseModuleOptions } from '@white-rabbit/license';
import { LicenseFailureLog } from './log/license-failure-log.js';
import { OutageLog } from './log/outage-log.js';
import { licenseHooks } from './metrics/license-hooks.js';
import type { Telemetry } from './telemetry.js';

/**
 * Whether the license database answers, as observed by the poll for changed licenses. Logs outages and counts
 * queries.
 */
export class DatabaseHealth {
  /** Listeners for the license module. */
  readonly hooks: Pick<LicenseModuleOptions, 'onWatch' | 'onQuery' | 'onUnavailable'>;
  #state: DatabaseState = 'unknown';

  constructor({ log, metrics }: Telemetry) {
    const outages = new OutageLog(log, 'database');
    const failures = new LicenseFailureLog(log, () => this.#state === 'up');
    this.hooks = {
      onWatch: (isAnswered, code) => {
        outages.note(isAnswered, { code });
        this.#state = isAnswered ? 'up' : 'down';
      },
      ...licenseHooks(metrics, failures),
    };
    metrics.gauge('wr_database_up', () => (this.#state === 'unknown' ? undefined : Number(this.#state === 'up')));
  }

  get state(): DatabaseState {
    return this.#state;
  }
}
