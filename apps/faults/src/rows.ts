import { churn } from './faults/churn.js';
import { clockBack, clockForward } from './faults/clock-jump.js';
import { gatewayDrained } from './faults/gateway-drained.js';
import { gatewayKilled } from './faults/gateway-killed.js';
import { gatewayBlocked, gatewayStopped } from './faults/gateway-suspended.js';
import { halfOpenClient } from './faults/half-open-client.js';
import { junkOnTheBus } from './faults/junk-on-the-bus.js';
import { oneIdentityAtOnce } from './faults/one-identity-at-once.js';
import { oneKeyForMany } from './faults/one-key-for-many.js';
import { postgresOutages } from './faults/postgres-outages.js';
import { reconnectStorm } from './faults/reconnect-storm.js';
import { clusterFailOver, sentinelFailOver } from './faults/redis-fail-over.js';
import { redisAway, redisHalfOpen, redisKilled, redisStopped, subscribersHalfOpen } from './faults/redis-outages.js';
import { rollingRestart } from './faults/rolling-restart.js';
import { lossyRegionLinks, slowRegionLinks } from './faults/slow-region-links.js';
import { SUITE_ROWS } from './faults/suites.js';
import { twoVersions } from './faults/two-versions.js';
import type { Row } from './row.js';

const UNDER_THE_ORACLE: readonly Row[] = [
  gatewayKilled,
  gatewayDrained,
  rollingRestart,
  gatewayStopped,
  redisKilled,
  redisAway,
  redisStopped,
  sentinelFailOver,
  clusterFailOver,
  redisHalfOpen,
  subscribersHalfOpen,
  junkOnTheBus,
  postgresOutages,
  oneKeyForMany,
  oneIdentityAtOnce,
  reconnectStorm,
  churn,
  halfOpenClient,
  gatewayBlocked,
  clockForward,
  clockBack,
  twoVersions,
  slowRegionLinks,
  lossyRegionLinks,
];

/** All faults, in the order of their numbers. */
export const ROWS: readonly Row[] = [...UNDER_THE_ORACLE, ...SUITE_ROWS].sort((a, b) => a.number - b.number);
