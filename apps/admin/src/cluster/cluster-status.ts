import type { NodeReport } from '@white-rabbit/cluster';

/** State of a back end, as seen by this program. `unset`: it has no address. */
export type BackEnd = { readonly state: 'up'; readonly ms: number } | { readonly state: 'down' | 'unset' };

/** A running gateway. */
export interface GatewayStatus {
  readonly node: string;
  /** Time since the last renewal of its lease, in ms; absent if the gateway was queried directly. */
  readonly leaseAgeMs?: number;
  /** Absent if this version cannot read its report. */
  readonly report?: NodeReport;
}

/** Counts and states of the cluster. */
export interface ClusterStatus {
  readonly redis: BackEnd;
  readonly database: BackEnd;
  /** `undefined`: unknown, because Redis or the gateway did not respond. */
  readonly gateways: readonly GatewayStatus[] | undefined;
  /** Sentences for the operator, one for each problem. Empty if there is none. */
  readonly problems: readonly string[];
}

/** Reads the status of a cluster. */
export interface StatusSource {
  /** Never rejects: a back end that does not respond is a problem of the status. */
  look(): Promise<ClusterStatus>;
  close(): Promise<void>;
}

/** One problem with all gateways that report their license database as down, or none. */
export function databaseProblems(gateways: readonly GatewayStatus[]): string[] {
  const cut = gateways.filter(({ report }) => report?.database === 'down').map(({ node }) => node);
  return cut.length === 0 ? [] : [`These gateways cannot reach the license database: ${cut.join(', ')}.`];
}
