import type { NodeReport } from '@white-rabbit/cluster';
import type { GatewayStatus } from './cluster-status.js';

/** A column of the status. */
export interface StatusColumn {
  readonly head: string;
  /** Importance: in a narrow terminal the column with the lowest is left out first. */
  readonly matters: number;
  readonly cell: (gateway: GatewayStatus, now: Date) => string;
}

const UNKNOWN = '–';

/** The columns in the order of the table. */
export const STATUS_COLUMNS: readonly StatusColumn[] = [
  { head: 'NODE', matters: 12, cell: ({ node }) => node },
  { head: 'POD', matters: 3, cell: reported(({ pod }) => pod ?? UNKNOWN) },
  { head: 'REGION', matters: 4, cell: reported(({ region }) => region) },
  { head: 'STATE', matters: 11, cell: reported(({ state }) => state, 'unknown') },
  { head: 'LEASE', matters: 8, cell: ({ leaseAgeMs }) => secondsText(leaseAgeMs) },
  { head: 'SESSIONS', matters: 10, cell: reported(({ sessions }) => String(sessions)) },
  { head: 'SOCKETS', matters: 5, cell: reported(({ connections }) => String(connections)) },
  { head: 'BUS', matters: 7, cell: reported(({ busLagMs }) => msOrUnknown(busLagMs)) },
  { head: 'REDIS', matters: 6, cell: reported(({ redisMs }) => msOrUnknown(redisMs)) },
  { head: 'DATABASE', matters: 9, cell: reported(({ database }) => database) },
  { head: 'UP SINCE', matters: 2, cell: reported(({ uptimeSeconds }, now) => startText(uptimeSeconds, now)) },
  { head: 'VERSION', matters: 1, cell: reported(({ version }) => version) },
];

/** A cell with a value of the report, if this version can read the report. */
function reported(text: (report: NodeReport, now: Date) => string, otherwise = UNKNOWN): StatusColumn['cell'] {
  return ({ report }, now) => (report === undefined ? otherwise : text(report, now));
}

function secondsText(ms: number | undefined): string {
  return ms === undefined ? UNKNOWN : `${(ms / 1000).toFixed(1)} s`;
}

function msOrUnknown(ms: number | undefined): string {
  return ms === undefined ? UNKNOWN : msText(ms);
}

/** `2026-05-06 12:30Z` */
function startText(uptimeSeconds: number, now: Date): string {
  const start = new Date(now.getTime() - uptimeSeconds * 1000);
  return `${start.toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** `1.3 ms` */
export function msText(ms: number): string {
  return `${ms.toFixed(1)} ms`;
}
