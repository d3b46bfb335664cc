import { Unavailable, type NodeId } from '@white-rabbit/signaling';
import { NODE_LEASE_MS, type LivingNode, type NodeRegistry } from '@white-rabbit/cluster';
import { createLogUpdate } from 'log-update';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '../command-failure.js';

/** Interval of the checks, in ms. */
const LOOK_MS = 500;

/** The longest drain that the settings allow (10 min of delay and 60 min of closing) and the time of a lease. Ms. */
const LONGEST_MS = 4_260_000;

/** A lease that was older than this when it disappeared has expired: a running gateway renews it every 3 s. Ms. */
const OLD_LEASE_MS = NODE_LEASE_MS - 2 * LOOK_MS;

/**
 * Resolves when the lease of the node is gone: `left` if the node released it, `lost` if it expired. Writes the number of
 * remaining sessions to `progress` meanwhile.
 */
export async function untilLeft(
  registry: NodeRegistry,
  node: NodeId,
  progress: Writable | undefined,
): Promise<'left' | 'lost'> {
  const update = progress && createLogUpdate(progress as NodeJS.WriteStream);
  const end = performance.now() + LONGEST_MS;
  let renewedMs = performance.now();
  try {
    for (let left = await look(registry, node); left !== 'gone'; left = await look(registry, node)) {
      update?.(textOf(left));
      if (left !== 'unknown') renewedMs = performance.now() - left.leaseAgeMs;
      if (performance.now() > end) throw new CommandFailure(`${node} is still running. See its log.`);
      await sleep(LOOK_MS);
    }
    return performance.now() - renewedMs < OLD_LEASE_MS ? 'left' : 'lost';
  } finally {
    update?.clear();
    update?.done();
  }
}

async function look(registry: NodeRegistry, node: NodeId): Promise<LivingNode | 'gone' | 'unknown'> {
  try {
    const [leases, running] = await Promise.all([registry.leases([node]), registry.reports()]);
    if (leases.get(node) === 'missing') return 'gone';
    return running.find((one) => one.node === node) ?? 'unknown';
  } catch (error) {
    if (error instanceof Unavailable) return 'unknown';
    throw error;
  }
}

function textOf(left: LivingNode | 'unknown'): string {
  if (left === 'unknown') return 'state unknown; waiting';
  const { report } = left;
  return report === undefined ? 'draining' : `${report.state}, ${report.sessions} sessions left`;
}
