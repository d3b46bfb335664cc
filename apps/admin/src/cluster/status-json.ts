import type { BackEnd, ClusterStatus, GatewayStatus } from './cluster-status.js';

/** JSON of `cluster status`. The fields are an interface: they are never renamed. */
export function statusJson({ redis, database, gateways, problems }: ClusterStatus) {
  return {
    healthy: problems.length === 0,
    problems,
    redis: backEndJson(redis),
    database: backEndJson(database),
    totals: gateways === undefined ? NOT_KNOWN : totalsOf(gateways),
    nodes: (gateways ?? []).map(gatewayJson),
  };
}

const NOT_KNOWN = { nodes: null, draining: null, sessions: null, connections: null } as const;

/** Sums over all gateways. A gateway without a report counts as a node only. */
export function totalsOf(gateways: readonly GatewayStatus[]) {
  const reports = gateways.flatMap(({ report }) => report ?? []);
  return {
    nodes: gateways.length,
    draining: reports.filter(({ state }) => state === 'draining').length,
    sessions: reports.reduce((sum, { sessions }) => sum + sessions, 0),
    connections: reports.reduce((sum, { connections }) => sum + connections, 0),
  };
}

function backEndJson(backEnd: BackEnd) {
  return { state: backEnd.state, ms: backEnd.state === 'up' ? tenths(backEnd.ms) : null };
}

function gatewayJson({ node, leaseAgeMs, report }: GatewayStatus) {
  return {
    node,
    pod: report?.pod ?? null,
    region: report?.region ?? null,
    state: report?.state ?? 'unknown',
    lease_age_seconds: leaseAgeMs === undefined ? null : tenths(leaseAgeMs / 1000),
    sessions: report?.sessions ?? null,
    connections: report?.connections ?? null,
    bus_lag_ms: report?.busLagMs ?? null,
    redis_ms: report?.redisMs ?? null,
    database: report?.database ?? 'unknown',
    uptime_seconds: report?.uptimeSeconds ?? null,
    version: report?.version ?? null,
  };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
