import type { TestCluster } from '@white-rabbit/testing';
import { Crowd } from '../capacity/crowd.js';
import { type End, pair } from '../load/ends.js';
import { gatewayWire } from '../load/gateway-wire.js';
import { type LoadResult, run } from '../load/load.js';
import type { Client } from '../load/wire.js';

/** Ordinary pairs in calls: some with both ends at the first gateway, as many with an end at each of two. */
export interface Bystanders {
  readonly near: readonly End[];
  readonly across: readonly End[];
}

/** Signals of each group of pairs a second, and their size: candidates, which are what most signals are. */
export interface Traffic {
  readonly perSecond: number;
  readonly bytes: number;
}

/** Registers them and connects their calls. */
export async function bystanders(cluster: TestCluster, pairs: number): Promise<Bystanders> {
  // Client i is at gateway i modulo 2: every other one is at the first.
  const clients = await new Crowd(cluster).join(pairs * 4, 0);
  const [first, second] = [clients.filter((_, n) => n % 2 === 0), clients.filter((_, n) => n % 2 === 1)];
  const near = await connect(first.slice(0, pairs), first.slice(pairs));
  const across = await connect(first.slice(0, pairs), second.slice(0, pairs));
  return { near, across };
}

/** Both groups exchange signals for so long. */
export async function exchange(
  { near, across }: Bystanders,
  { perSecond, bytes }: Traffic,
  seconds: number,
): Promise<{ readonly near: LoadResult; readonly across: LoadResult }> {
  const load = { perSecond, bytes, seconds };
  const [nearResult, acrossResult] = await Promise.all([run(near, load), run(across, load)]);
  return { near: nearResult, across: acrossResult };
}

async function connect(callers: readonly Client[], callees: readonly Client[]): Promise<End[]> {
  const ends: End[] = [];
  for (const [index, caller] of callers.entries()) {
    const callee = callees[index];
    if (!callee) break;
    ends.push(...(await pair(gatewayWire, caller, callee)));
  }
  return ends;
}
