import { gatewayDrained } from './faults/gateway-drained.js';
import { gatewayKilled } from './faults/gateway-killed.js';
import { gatewayBlocked, gatewayStopped } from './faults/gateway-suspended.js';
import { clusterFailOver, sentinelFailOver } from './faults/redis-fail-over.js';
import { redisAway, redisHalfOpen, redisKilled, redisStopped } from './faults/redis-outages.js';
import { rollingRestart } from './faults/rolling-restart.js';
import type { Row } from './row.js';

/** All faults, in the order of their numbers. */
export const ROWS: readonly Row[] = [
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
  gatewayBlocked,
];
