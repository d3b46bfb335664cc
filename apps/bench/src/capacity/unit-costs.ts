import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '@white-rabbit/testing';
import { pair, type End } from '../load/ends.js';
import { gatewayWire } from '../load/gateway-wire.js';
import { run } from '../load/load.js';
import type { Client } from '../load/wire.js';
import { Crowd } from './crowd.js';
import type { Sample, SampleOptions } from './sample-options.js';
import { between, UsageMeter, type Usage } from './usage.js';

/** What one of a thing costs. CPU in µs, memory in bytes; gateway figures are the sum over all gateways. */
export interface UnitCost {
  readonly thing: string;
  readonly gatewayUs: number;
  readonly redisUs: number;
  readonly redisCommands: number;
  readonly postgresUs: number;
  readonly gatewayBytes?: number;
  readonly redisBytes?: number;
}

/** What was garbage is collected by then, and what was on its way has arrived. */
const SETTLE_MS = 5_000;
const PAIRS = 50;
/** Contacts that each session adds, of which no other session here knows. */
const WATCHES_EACH = 20;
const SIGNAL_BYTES = 400;

/** Registers a crowd, lets it watch peers and idle, sends signals through it, and sends it home; a unit cost for each. */
export async function unitCosts(
  cluster: TestCluster,
  { sample, redis }: Pick<SampleOptions, 'sample' | 'redis'>,
  progress: (text: string) => void,
): Promise<UnitCost[]> {
  const meter = await UsageMeter.open(cluster, redis);
  const crowd = new Crowd(cluster);
  const costs: UnitCost[] = [];
  let members: readonly Client[] = [];
  const measure = async (thing: string, units: number, work: () => Promise<unknown>, withMemory = false) => {
    progress(thing);
    const before = await meter.read();
    await work();
    costs.push(perUnit(thing, between(before, await meter.read()), units, withMemory));
  };
  try {
    await measure(
      'a session that registers for the first time',
      sample.sessions,
      async () => {
        members = await crowd.join(sample.sessions, sample.contacts);
        await sleep(SETTLE_MS);
      },
      true,
    );
    await measure(
      'a watched peer that no other session watches',
      sample.sessions * WATCHES_EACH,
      async () => {
        await crowd.watchOffline(members, WATCHES_EACH);
        await sleep(SETTLE_MS);
      },
      true,
    );
    await measure('a minute of an idle session', (sample.sessions * sample.idleSeconds) / 60, () =>
      sleep(sample.idleSeconds * 1000),
    );
    await measure('a signal at one gateway', sample.signals, () => signals(members, cluster.gateways.length, sample));
    await measure('a signal between two gateways', sample.signals, () => signals(members, 1, sample));
    await measure('a session that leaves', sample.sessions, async () => {
      await crowd.leave();
      await sleep(SETTLE_MS);
    });
    await measure('a session that comes back', sample.sessions, async () => {
      await crowd.comeBack();
      await sleep(SETTLE_MS);
    });
    return costs;
  } finally {
    await crowd.leave();
    await meter.close();
  }
}

/** Sends signals within calls, from clients to the one `distance` further on. */
async function signals(clients: readonly Client[], distance: number, sample: Sample): Promise<void> {
  const callers: End[] = [];
  for (let index = 0; index < PAIRS; index += 1) {
    const [caller, callee] = [clients[index * 2 * distance], clients[index * 2 * distance + distance]];
    if (!caller || !callee) throw new Error('There are too few sessions for the pairs.');
    callers.push((await pair(gatewayWire, caller, callee))[0]);
  }
  const perSecond = sample.signalsPerSecond;
  await run(callers, { perSecond, seconds: sample.signals / perSecond, bytes: SIGNAL_BYTES });
}

function perUnit(thing: string, used: Usage, units: number, withMemory: boolean): UnitCost {
  return {
    thing,
    gatewayUs: (used.gatewayCpuMs * 1000) / units,
    redisUs: (used.redisCpuMs * 1000) / units,
    redisCommands: used.redisCommands / units,
    postgresUs: (used.postgresCpuMs * 1000) / units,
    ...(withMemory && { gatewayBytes: used.gatewayBytes / units, redisBytes: used.redisBytes / units }),
  };
}
