import type { NodeId } from '@white-rabbit/signaling';

/**
 * The state of a gateway. `starting`: it does not listen yet · `serving`: it accepts clients · `full`: it accepts
 * clients, but is so near its limit that new clients should use another gateway · `draining`: it disconnects its
 * clients.
 */
export type NodePhase = 'starting' | 'serving' | 'full' | 'draining';

/** Whether the license database answered the last query; `unknown` before the first. */
export type DatabaseState = 'up' | 'down' | 'unknown';

/** What a node reports to operators about itself. Counts and states, never an id of a client. */
export interface NodeReport {
  readonly state: NodePhase;
  readonly region: string;
  /** The gateway's own version. */
  readonly version: string;
  /** Name of its pod, container or machine, if the operator has set it (WR_POD). */
  readonly pod?: string;
  /** Whole seconds. */
  readonly uptimeSeconds: number;
  /** Registered connections. */
  readonly sessions: number;
  /** Open sockets, registered or not. */
  readonly connections: number;
  readonly database: DatabaseState;
  /** Round trip of its last probe through the bus, in ms; absent before the first has returned. */
  readonly busLagMs?: number;
  /** How long the last renewal of its lease took, in ms; absent before the first. */
  readonly redisMs?: number;
}

/** A node with a valid lease. */
export interface LivingNode {
  readonly node: NodeId;
  /** Since the last renewal. Ms. */
  readonly leaseAgeMs: number;
  /** `undefined` if it has no report, or one that this version cannot parse. */
  readonly report: NodeReport | undefined;
}

const PHASES: ReadonlySet<unknown> = new Set<NodePhase>(['starting', 'serving', 'full', 'draining']);
const DATABASE_STATES: ReadonlySet<unknown> = new Set<DatabaseState>(['up', 'down', 'unknown']);

/** The text of a lease: a line with the instances on which all routes of the node are claimed, and the report. */
export function formatLease(report: NodeReport | undefined, claimed: readonly string[] = []): string {
  return `${claimed.join(' ')}\n${report === undefined ? '' : JSON.stringify(report)}`;
}

/** The instances in the text of a lease. Never throws. */
export function parseClaimed(text: string): ReadonlySet<string> {
  const end = text.indexOf('\n');
  return new Set(end <= 0 ? [] : text.slice(0, end).split(' '));
}

/** The report in the text of a lease; fields that a newer version adds are ignored. Never throws. */
export function parseReport(text: string): NodeReport | undefined {
  const fields = fieldsOf(text.slice(text.indexOf('\n') + 1));
  if (fields === undefined) return undefined;
  const { state, region, version, pod, database, busLagMs, redisMs } = fields;
  const { uptimeSeconds, sessions, connections } = fields;
  if (!PHASES.has(state) || !DATABASE_STATES.has(database)) return undefined;
  if (typeof region !== 'string' || typeof version !== 'string') return undefined;
  if (!isCount(uptimeSeconds) || !isCount(sessions) || !isCount(connections)) return undefined;
  return {
    // These casts are correct because the sets above were checked.
    state: state as NodePhase,
    database: database as DatabaseState,
    ...{ region, version, uptimeSeconds, sessions, connections },
    ...(typeof pod === 'string' && { pod }),
    ...(isCount(busLagMs) && { busLagMs }),
    ...(isCount(redisMs) && { redisMs }),
  };
}

type Fields = { readonly [F in keyof NodeReport]?: unknown };

function fieldsOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
