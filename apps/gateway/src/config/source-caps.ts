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

/** Seconds of `WR_CONNECT_RATE` that may come at once. The license queue holds as many: docs/capacity.md. */
export const BURST_SECONDS = 2;
/** The part of `WR_CONNECT_RATE` that one source may have for long. */
const RATE_SHARE = 0.75;
/** The part of `WR_MAX_UNREGISTERED`: the rest is room for clients of all others, who register within a moment. */
const UNREGISTERED_SHARE = 0.9;
/** However small `WR_MAX_UNREGISTERED` is: room for a large office or a carrier's NAT to connect at once. */
const LEAST_UNREGISTERED = 2_500;
/** The part of `WR_REFUSALS_PER_GATEWAY`. */
const REFUSALS_SHARE = 0.5;

/**
 * The settings, and shares of the limits of the gateway for those that are not set. By default the burst of a source is
 * not larger and its rate is lower than those of the gateway, so a single source cannot use up the gateway's.
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

/** New connections of all sources at once. */
export function connectBurst(settings: Pick<SettingValues, 'WR_CONNECT_RATE' | 'WR_CONNECT_BURST'>): number {
  return settings.WR_CONNECT_BURST ?? Math.ceil(settings.WR_CONNECT_RATE * BURST_SECONDS);
}
