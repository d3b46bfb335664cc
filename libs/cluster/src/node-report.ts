import type { NodeId } from '@white-rabbit/signaling';

/**
 * What a gateway is doing. `starting`: it does not listen yet · `serving`: it takes clients · `full`: it does, but is so
 * near its cap that new ones had better go elsewhere · `draining`: it sends its clients away.
 */
export type NodePhase = 'starting' | 'serving' | 'full' | 'draining';

/** Whether the license database answered when it was last asked; `unknown` before that. */
export type DatabaseState = 'up' | 'down' | 'unknown';

/** What a node tells operators of itself. Counts and states, never a name of anybody. */
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
  /** How long its last probe took through the bus, in ms; absent before the first came back. */
  readonly busLagMs?: number;
  /** How long the last renewal of its lease took, in ms; absent before the first. */
  readonly redisMs?: number;
}

/** A node whose lease lives. */
export interface LivingNode {
  readonly node: NodeId;
  /** Since the last renewal. Ms. */
  readonly leaseAgeMs: number;
  /** `undefined` where it left none, or one that this version cannot read. */
  readonly report: NodeReport | undefined;
}

/** What stands in the lease of a node that tells nothing of itself. */
const NOTHING = '1';

const PHASES: ReadonlySet<unknown> = new Set<NodePhase>(['starting', 'serving', 'full', 'draining']);
const DATABASE_STATES: ReadonlySet<unknown> = new Set<DatabaseState>(['up', 'down', 'unknown']);

/** The report as the text of a lease. */
export function formatReport(report: NodeReport | undefined): string {
  return report === undefined ? NOTHING : JSON.stringify(report);
}

/** Reads the text of a lease; fields that a newer version adds are ignored. Never throws. */
export function parseReport(text: string): NodeReport | undefined {
  const fields = fieldsOf(text);
  if (fields === undefined) return undefined;
  const { state, region, version, pod, database, busLagMs, redisMs } = fields;
  const { uptimeSeconds, sessions, connections } = fields;
  if (!PHASES.has(state) || !DATABASE_STATES.has(database)) return undefined;
  if (typeof region !== 'string' || typeof version !== 'string') return undefined;
  if (!isCount(uptimeSeconds) || !isCount(sessions) || !isCount(connections)) return undefined;
  return {
    // The sets above are what makes these casts true.
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
