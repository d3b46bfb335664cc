import type { NodeReport } from '@white-rabbit/cluster';

/** A back end, as this program found it. `unset`: no address was given, so it was not asked. */
export type BackEnd = { readonly state: 'up'; readonly ms: number } | { readonly state: 'down' | 'unset' };

/** A gateway that lives. */
export interface GatewayStatus {
  readonly node: string;
  /** Since its lease was last renewed; absent for one that was asked itself. Ms. */
  readonly leaseAgeMs?: number;
  /** Absent where it tells nothing that this version can read. */
  readonly report?: NodeReport;
}

/** The cluster at a glance: counts and states. */
export interface ClusterStatus {
  readonly redis: BackEnd;
  readonly database: BackEnd;
  /** `undefined`: nobody could be asked, and what the gateways do is not known. */
  readonly gateways: readonly GatewayStatus[] | undefined;
  /** Sentences for people, each of something that is down and what to do; none: all is well. */
  readonly problems: readonly string[];
}

/** Somebody who can be asked for the status, again and again. */
export interface StatusSource {
  /** Never rejects: what cannot be asked is a problem of the status. */
  look(): Promise<ClusterStatus>;
  close(): Promise<void>;
}

/** The gateways that say themselves that they cannot ask the license database, as a problem; none or one. */
export function databaseProblems(gateways: readonly GatewayStatus[]): string[] {
  const cut = gateways.filter(({ report }) => report?.database === 'down').map(({ node }) => node);
  return cut.length === 0 ? [] : [`The license database does not answer to: ${cut.join(', ')}.`];
}
