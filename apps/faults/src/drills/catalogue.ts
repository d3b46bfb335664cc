import type { Drill } from './drill.js';
import { GATEWAY_DRILLS } from './drills/gateways.js';
import { REDIS_DRILLS } from './drills/redis.js';

/** The drills. */
export const DRILLS: readonly Drill[] = [...GATEWAY_DRILLS, ...REDIS_DRILLS];

/** Entries of the runbook without a drill, and why. */
export const WITHOUT_DRILL: Readonly<Record<string, string>> = {};
