import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import type { LeaseState } from '../node-registry.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { FailureDetector } from './failure-detector.js';

const SELF = 'node-self' as NodeId;
const OTHER = 'node-other' as NodeId;

/** A detector for one other node; each node renews its lease every 3 s unless stopped. */
async function watching<Registry extends MemoryNodeRegistry>(
  open: (region: MemoryRegion) => Registry = (region) => new MemoryNodeRegistry(region) as Registry,
) {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = open(region);
  const renewing = new Map<NodeId, () => void>();
  const renew = async (node: NodeId) => {
    const again = () => void registry.renew(node, undefined, ['claimed']).catch(() => undefined);
    again();
    renewing.set(node, clock.every(3000, again));
    await clock.advance(0);
  };
  await renew(SELF);
  await renew(OTHER);
  const watch = new FailureDetector({ registry, self: SELF, clock });
  const reported: string[] = [];
  watch.onDead((node) => reported.push(`dead ${node} at ${clock.now()}`));
  watch.onRecovered((node) => reported.push(`recovered ${node}`));
  watch.watch(OTHER);
  const kill = (node: NodeId) => renewing.get(node)?.();
  return { clock, region, registry, watch, reported, renew, kill };
}

/** A registry of which a test decides what it answers about the other node. */
class ToldRegistry extends MemoryNodeRegistry {
  /** `undefined`: no answer about it. */
  answer: LeaseState | undefined;

  override async leases(nodes: readonly NodeId[]): Promise<ReadonlyMap<NodeId, LeaseState>> {
    const leases = new Map(await super.leases(nodes));
    leases.delete(OTHER);
    return this.answer === undefined ? leases : leases.set(OTHER, this.answer);
  }
}

describe('a failure detector', () => {
  test('reports a killed node as dead within 15 s, once', async () => {
    const { clock, watch, reported, kill } = await watching();
    await clock.advance(30_000);
    const killedAt = clock.now();
    kill(OTHER);
    await clock.advance(9_000);
    expect(watch.isDead(OTHER)).toBe(false);
    await clock.advance(6_000);
    expect(watch.isDead(OTHER)).toBe(true);
    await clock.advance(60_000);
    expect(reported).toHaveLength(1);
    expect(Number(reported[0]?.split(' at ')[1]) - killedAt).toBeLessThanOrEqual(13_000);
  });

  test('continues to check a dead node, and reports its recovery', async () => {
    const { clock, watch, reported, kill, renew } = await watching();
    kill(OTHER);
    await clock.advance(20_000);
    await renew(OTHER);
    await clock.advance(1500);
    expect(reported[1]).toBe('recovered node-other');
    expect(watch.isDead(OTHER)).toBe(false);
  });

  test('regards no node as dead while the registry is unavailable, nor after it restarted empty', async () => {
    const { clock, region, watch, reported } = await watching();
    await clock.advance(5000);
    region.outage = true;
    await clock.advance(60_000);
    region.wipe();
    region.outage = false;
    await clock.advance(20_000);
    expect(reported).toEqual([]);
    expect(watch.isDead(OTHER)).toBe(false);
  });

  test('regards no node as dead if the registry has lost this node too, because then it restarted empty', async () => {
    const { clock, region, renew, kill, reported } = await watching();
    await clock.advance(5_000);
    for (const node of [SELF, OTHER]) kill(node);
    region.wipe();
    await clock.advance(4_000);
    await renew(SELF);
    await clock.advance(3_000);
    await renew(OTHER);
    await clock.advance(20_000);
    expect(reported).toEqual([]);
  });

  test('reports a node that died during an outage as dead when its lease has been missing for 10 s after it', async () => {
    const { clock, region, watch, kill } = await watching();
    region.outage = true;
    kill(OTHER);
    await clock.advance(30_000);
    region.wipe();
    region.outage = false;
    await clock.advance(10_000);
    expect(watch.isDead(OTHER)).toBe(false);
    await clock.advance(3_000);
    expect(watch.isDead(OTHER)).toBe(true);
  });

  test('begins the 10 s again with each answer that is missing', async () => {
    const { clock, region, watch, kill } = await watching();
    region.outage = true;
    kill(OTHER);
    await clock.advance(30_000);
    for (const outage of [false, true, false]) {
      region.outage = outage;
      await clock.advance(8_000);
      expect(watch.isDead(OTHER)).toBe(false);
    }
    await clock.advance(5_000);
    expect(watch.isDead(OTHER)).toBe(true);
  });

  test('regards no node as dead after a restart that happened between two checks', async () => {
    const { clock, region, renew, kill, reported } = await watching();
    await clock.advance(5_000);
    kill(OTHER);
    region.wipe();
    await renew(SELF);
    await clock.advance(8_000);
    await renew(OTHER);
    await clock.advance(20_000);
    expect(reported).toEqual([]);
  });

  test('reports a node that is killed after an outage within 15 s, once it has renewed its lease', async () => {
    const { clock, region, watch, kill } = await watching();
    region.outage = true;
    await clock.advance(3_000);
    region.outage = false;
    await clock.advance(4_000);
    kill(OTHER);
    await clock.advance(13_000);
    expect(watch.isDead(OTHER)).toBe(true);
  });

  test('does not conclude from a missing lease of an unknown node while a restart is not 10 s ago', async () => {
    const { clock, region, watch, renew } = await watching();
    const fresh = 'node-fresh' as NodeId;
    await clock.advance(5_000);
    region.wipe();
    await renew(SELF);
    watch.watch(fresh);
    await watch.check([fresh]);
    expect([watch.isDead(fresh), watch.wasInterrupted]).toEqual([false, true]);
    await clock.advance(13_000);
    expect([watch.isDead(fresh), watch.wasInterrupted]).toEqual([true, false]);
  });

  test('knows the instances that the last lease of a node names, until an answer is missing', async () => {
    const { clock, region, watch } = await watching();
    await clock.advance(1_500);
    expect([watch.hasClaimed(OTHER, 'claimed'), watch.hasClaimed(OTHER, 'other')]).toEqual([true, false]);
    region.outage = true;
    await clock.advance(1_500);
    expect(watch.hasClaimed(OTHER, 'claimed')).toBe(false);
  });

  test('regards a node as dead at once if its region is gone, and never for lack of an answer about it', async () => {
    const { clock, registry, watch } = await watching((region) => new ToldRegistry(region));
    await watch.check([OTHER]);
    await clock.advance(60_000);
    expect([watch.isDead(OTHER), watch.wasInterrupted]).toEqual([false, false]);
    registry.answer = 'gone';
    await clock.advance(1_500);
    expect(watch.isDead(OTHER)).toBe(true);
    registry.answer = new Set();
    await clock.advance(1_500);
    expect(watch.isDead(OTHER)).toBe(false);
  });

  test('counts its watches', async () => {
    const { clock, watch, reported, kill } = await watching();
    watch.watch(OTHER);
    watch.unwatch(OTHER);
    kill(OTHER);
    await clock.advance(20_000);
    expect(reported).toHaveLength(1);
    watch.unwatch(OTHER);
    expect(watch.isDead(OTHER)).toBe(false);
  });

  test('checks a node of unknown state at once', async () => {
    const { watch, reported } = await watching();
    const dead = 'node-dead' as NodeId;
    watch.watch(dead);
    await watch.check([OTHER, dead, SELF]);
    expect([watch.isDead(OTHER), watch.isDead(dead), watch.isDead(SELF)]).toEqual([false, true, false]);
    expect(reported).toHaveLength(1);
  });
});
