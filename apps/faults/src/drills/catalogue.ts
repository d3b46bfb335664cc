import type { Drill } from './drill.js';
import { CLIENT_DRILLS } from './drills/clients.js';
import { DATABASE_DRILLS } from './drills/database.js';
import { GATEWAY_DRILLS } from './drills/gateways.js';
import { OBJECTIVE_DRILLS } from './drills/objectives.js';
import { REDIS_DRILLS } from './drills/redis.js';
import { REGION_DRILLS } from './drills/regions.js';

/** The drills. */
export const DRILLS: readonly Drill[] = [
  ...GATEWAY_DRILLS,
  ...CLIENT_DRILLS,
  ...REDIS_DRILLS,
  ...REGION_DRILLS,
  ...DATABASE_DRILLS,
  ...OBJECTIVE_DRILLS,
];

/** Entries of the runbook without a drill, and why. */
export const WITHOUT_DRILL: Readonly<Record<string, string>> = {};
