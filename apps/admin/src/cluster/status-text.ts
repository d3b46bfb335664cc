import { plainTable } from '../tables.js';
import type { BackEnd, ClusterStatus, GatewayStatus } from './cluster-status.js';
import { type StatusColumn, STATUS_COLUMNS, msText } from './status-columns.js';
import { totalsOf } from './status-json.js';

/**
 * The status as a table. Problems come last, where they stay visible in a terminal with few lines. If the table is wider
 * than `width` characters, the least important columns are left out.
 */
export function statusText(status: ClusterStatus, now: Date, width = Infinity): string {
  const { gateways, redis, database, problems } = status;
  const known = gateways === undefined ? '' : `${tableText(gateways, now, width)}${totalsText(gateways)}`;
  const isAsked = redis.state !== 'unset' || database.state !== 'unset';
  const backEnds = isAsked
    ? `Redis ${backEndText(redis)}, license database ${backEndText(database)}, as seen from here\n`
    : '';
  return `${known}${backEnds}${problems.map((problem) => `! ${problem}\n`).join('')}`;
}

function tableText(gateways: readonly GatewayStatus[], now: Date, width: number): string {
  if (gateways.length === 0) return '';
  const leastFirst = STATUS_COLUMNS.toSorted((one, other) => one.matters - other.matters);
  for (let left = 0; ; left += 1) {
    const dropped = new Set(leastFirst.slice(0, left));
    const table = tableOf(
      STATUS_COLUMNS.filter((column) => !dropped.has(column)),
      gateways,
      now,
    );
    const isNarrow = Math.max(...table.split('\n').map(({ length }) => length)) <= width;
    if (isNarrow || left === STATUS_COLUMNS.length - 1) return `${table}\n`;
  }
}

function tableOf(columns: readonly StatusColumn[], gateways: readonly GatewayStatus[], now: Date): string {
  const rows = gateways.map((gateway) => columns.map(({ cell }) => cell(gateway, now)));
  return plainTable(
    columns.map(({ head }) => head),
    rows,
  );
}

function totalsText(gateways: readonly GatewayStatus[]): string {
  const { nodes, draining, sessions, connections } = totalsOf(gateways);
  const drains = draining === 0 ? '' : ` (${draining} draining)`;
  return `${counted(nodes, 'node')}${drains}, ${counted(sessions, 'session')}, ${counted(connections, 'socket')}\n`;
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

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
