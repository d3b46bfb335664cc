import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { FailureDetector } from './failure-detector.js';

const SELF = 'node-self' as NodeId;
const OTHER = 'node-other' as NodeId;

/** A detector for one other node; each node renews its lease every 3 s unless stopped. */
async function watching() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = new MemoryNodeRegistry(region);
  const renewing = new Map<NodeId, () => void>();
  const renew = async (node: NodeId) => {
    const again = () => void registry.renew(node).catch(() => undefined);
    again();
    renewing.set(node, clock.every(3000, again));
    await clock.advance(0);
  };
  await renew(SELF);
  await renew(OTHER);
  const watch = new FailureDetector({ registry, self: SELF, clock });
  const reported: string[] = [];
  watch.onLost((node) => reported.push(`lost ${node} at ${clock.now()}`));
  watch.onBack((node) => reported.push(`back ${node}`));
  watch.watch(OTHER);
  const kill = (node: NodeId) => renewing.get(node)?.();
  return { clock, region, registry, watch, reported, renew, kill };
}

describe('a watch over nodes', () => {
  test('reports a killed node as dead within 15 s, once', async () => {
    const { clock, watch, reported, kill } = await watching();
    await clock.advance(30_000);
    const killedAt = clock.now();
    kill(OTHER);
    await clock.advance(9_000);
    expect(watch.isLost(OTHER)).toBe(false);
    await clock.advance(6_000);
    expect(watch.isLost(OTHER)).toBe(true);
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
    expect(reported[1]).toBe('back node-other');
    expect(watch.isLost(OTHER)).toBe(false);
  });

  test('regards no node as dead while the registry is unavailable, nor in the seconds after it restarted empty', async () => {
    const { clock, region, watch, reported } = await watching();
    await clock.advance(5000);
    region.outage = true;
    await clock.advance(60_000);
    region.wipe();
    region.outage = false;
    await clock.advance(20_000);
    expect(reported).toEqual([]);
    expect(watch.isLost(OTHER)).toBe(false);
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

  test('reports a node that died during an outage as dead soon after it', async () => {
    const { clock, region, watch, kill } = await watching();
    region.outage = true;
    kill(OTHER);
    await clock.advance(30_000);
    region.wipe();
    region.outage = false;
    await clock.advance(9_500);
    expect(watch.isLost(OTHER)).toBe(true);
  });

  test('counts its watches', async () => {
    const { clock, watch, reported, kill } = await watching();
    watch.watch(OTHER);
    watch.unwatch(OTHER);
    kill(OTHER);
    await clock.advance(20_000);
    expect(reported).toHaveLength(1);
    watch.unwatch(OTHER);
    expect(watch.isLost(OTHER)).toBe(false);
  });

  test('checks a node of unknown state at once', async () => {
    const { watch, reported } = await watching();
    const dead = 'node-dead' as NodeId;
    watch.watch(dead);
    await watch.check([OTHER, dead, SELF]);
    expect([watch.isLost(OTHER), watch.isLost(dead), watch.isLost(SELF)]).toEqual([false, true, false]);
    expect(reported).toHaveLength(1);
  });
});
