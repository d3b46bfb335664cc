import { plainTable } from '../plain-table.js';
import type { BackEnd, ClusterStatus, GatewayStatus } from './cluster-status.js';
import { totalsOf } from './status-json.js';

const HEAD = [
  ...['NODE', 'REGION', 'STATE', 'LEASE', 'SESSIONS', 'SOCKETS', 'BUS', 'REDIS', 'DATABASE', 'UP SINCE', 'VERSION'],
];

const UNKNOWN = '–';

/** The status for people. What matters most stands last: that is what is left of it in a terminal that is too low. */
export function statusText(status: ClusterStatus, now: Date): string {
  const { gateways, redis, database, problems } = status;
  const rows = gateways.map((gateway) => rowOf(gateway, now));
  const table = rows.length === 0 ? '' : `${plainTable(HEAD, rows)}\n`;
  const { nodes, draining, sessions, connections } = totalsOf(gateways);
  const drains = draining === 0 ? '' : ` (${draining} draining)`;
  const totals = `${counted(nodes, 'node')}${drains}, ${counted(sessions, 'session')}, ${counted(connections, 'socket')}\n`;
  const isAsked = redis.state !== 'unset' || database.state !== 'unset';
  const backEnds = isAsked
    ? `Redis ${backEndText(redis)}, license database ${backEndText(database)}, asked from here\n`
    : '';
  return `${table}${totals}${backEnds}${problems.map((problem) => `! ${problem}\n`).join('')}`;
}

function rowOf({ node, leaseAgeMs, report }: GatewayStatus, now: Date): string[] {
  const lease = leaseAgeMs === undefined ? UNKNOWN : `${(leaseAgeMs / 1000).toFixed(1)} s`;
  if (report === undefined) return [node, UNKNOWN, 'unknown', lease, ...Array<string>(7).fill(UNKNOWN)];
  return [
    node,
    report.region,
    report.state,
    lease,
    String(report.sessions),
    String(report.connections),
    msText(report.busLagMs),
    msText(report.redisMs),
    report.database,
    minute(new Date(now.getTime() - report.uptimeSeconds * 1000)),
    report.version,
  ];
}

function backEndText(backEnd: BackEnd): string {
  switch (backEnd.state) {
    case 'up':
      return `up (${msText(backEnd.ms)})`;
    case 'down':
      return 'DOWN';
    case 'unset':
      return 'not set';
  }
}

function msText(ms: number | undefined): string {
  return ms === undefined ? UNKNOWN : `${ms.toFixed(1)} ms`;
}

/** `2026-05-06 12:30Z` */
function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
