import type { SettingValues } from './settings.js';
import type { SourceConfig } from './slices.js';

type Settings = Pick<
  SettingValues,
  | 'WR_CONNECT_RATE'
  | 'WR_CONNECT_BURST'
  | 'WR_MAX_UNREGISTERED'
  | 'WR_REFUSALS_PER_GATEWAY'
  | 'WR_SOURCE_CONNECT_RATE'
  | 'WR_SOURCE_CONNECT_BURST'
  | 'WR_SOURCE_MAX_UNREGISTERED'
  | 'WR_SOURCE_REFUSALS'
>;

/**
 * Seconds of `WR_CONNECT_RATE` that may arrive in one burst. The license queue has the same length: docs/capacity.md.
 */
export const BURST_SECONDS = 2;
/** The share of `WR_CONNECT_RATE` that one source may use permanently. */
const RATE_SHARE = 0.75;
/**
 * The share of `WR_MAX_UNREGISTERED` for one source. The rest is capacity for the clients of all other sources, which
 * register within a moment.
 */
const UNREGISTERED_SHARE = 0.9;
/**
 * Minimum for one source, however small `WR_MAX_UNREGISTERED` is: a large office or a carrier's NAT can connect at
 * once.
 */
const LEAST_UNREGISTERED = 2_500;
/** The share of `WR_REFUSALS_PER_GATEWAY` for one source. */
const REFUSALS_SHARE = 0.5;

/**
 * The configured limits of a source; for those that are not set, a share of the gateway's limits. By default the
 * burst of a source is not larger and its rate is lower than those of the gateway, so that a single source cannot use
 * up the gateway's limits.
 */
export function sourceCaps(settings: Settings): SourceConfig {
  const { WR_CONNECT_RATE: rate, WR_MAX_UNREGISTERED: unregistered, WR_REFUSALS_PER_GATEWAY: refusals } = settings;
  return {
    connectRate: settings.WR_SOURCE_CONNECT_RATE ?? rate * RATE_SHARE,
    connectBurst: settings.WR_SOURCE_CONNECT_BURST ?? connectBurst(settings),
    unregistered:
      settings.WR_SOURCE_MAX_UNREGISTERED ?? Math.max(LEAST_UNREGISTERED, Math.ceil(unregistered * UNREGISTERED_SHARE)),
    refusalsPerMinute: settings.WR_SOURCE_REFUSALS ?? Math.ceil(refusals * REFUSALS_SHARE),
  };
}

/** Burst of new connections from all sources. */
export function connectBurst(settings: Pick<SettingValues, 'WR_CONNECT_RATE' | 'WR_CONNECT_BURST'>): number {
  return settings.WR_CONNECT_BURST ?? Math.ceil(settings.WR_CONNECT_RATE * BURST_SECONDS);
}
