import { describe, expect, test } from '@jest/globals';
import type { NodeId } from '@white-rabbit/signaling';
import { type Delivery, Bus } from '../bus.js';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { NodeRpc } from '../rpc/node-rpc.js';
import { NodeLease } from './node-lease.js';

const SELF = 'node-self' as NodeId;

/** A bus that can stop receiving. */
class LossyBus extends Bus {
  losesTexts = false;
  /** How much later texts arrive. */
  delaysMs = 0;
  /** If set, the outcome of every send. */
  delivery: Delivery | undefined;

  constructor(
    private readonly inner: Bus,
    private readonly clock: FakeClock,
  ) {
    super();
  }

  override send(to: NodeId, text: string): Promise<Delivery> {
    return this.delivery === undefined ? this.inner.send(to, text) : Promise.resolve(this.delivery);
  }

  override onMessage(listener: (text: string) => void): void {
    this.inner.onMessage((text) => {
      if (this.losesTexts) return;
      if (this.delaysMs === 0) listener(text);
      else this.clock.after(this.delaysMs, () => listener(text));
    });
  }
}

function leasing() {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now(), defer: (deliver) => clock.after(2, deliver) });
  const bus = new LossyBus(new MemoryBus(region, SELF), clock);
  const registry = new MemoryNodeRegistry(region);
  const reported: string[] = [];
  const resets: number[] = [];
  let restore: () => void = () => undefined;
  const resetSubscriber = () => {
    resets.push(clock.now());
    restore();
  };
  const rpc = new NodeRpc({ bus, self: SELF, clock });
  const lease = new NodeLease({ registry, rpc, self: SELF, clock, resetSubscriber });
  lease.onLapsed(() => reported.push('lapsed'));
  lease.onUp(() => reported.push('up'));
  const onReset = (does: () => void) => (restore = does);
  return {
    clock,
    region,
    bus,
    registry,
    lease,
    reported,
    resets,
    onReset,
    isRunning: () => region.lease(SELF) !== 'missing',
  };
}

/** The same, of a node that counts the calls for its report. */
function reporting() {
  const all = leasing();
  let asked = 0;
  all.lease.reportBy(() => {
    const nothing = { uptimeSeconds: 0, connections: 0 };
    return { state: 'serving', region: 'eu', version: '1', database: 'up', sessions: (asked += 1), ...nothing };
  });
  const reported = async () => (await all.registry.reports())[0]?.report?.sessions;
  return { ...all, reported };
}

describe("a node's lease", () => {
  test('is kept, and measures the round trip through the bus', async () => {
    const { clock, lease, isRunning, reported } = leasing();
    await lease.join();
    for (let second = 0; second < 60; second++) {
      await clock.advance(1000);
      expect(isRunning()).toBe(true);
    }
    expect(lease.state).toBe('joined');
    expect(lease.probeLagMs).toBe(2);
    expect(reported).toEqual([]);
  });

  test('is not renewed by a node that does not receive its own probes, which opens a new subscriber within 8 s', async () => {
    const { clock, bus, lease, isRunning, resets } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.losesTexts = true;
    await clock.advance(7_990);
    expect(resets).toHaveLength(1);
    expect(lease.state).toBe('unreachable');
    expect(lease.isReachable()).toBe(false);
    await clock.advance(5_000);
    expect(isRunning()).toBe(false);
  });

  test('is renewed at once when the new subscriber receives, before it expired', async () => {
    const { clock, bus, lease, isRunning, resets, onReset, reported } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.losesTexts = true;
    onReset(() => (bus.losesTexts = false));
    await clock.advance(10_500);
    expect(resets).toHaveLength(1);
    expect(isRunning()).toBe(true);
    expect(lease.state).toBe('joined');
    expect(reported).toEqual(['up']);
  });

  test('does not expire if the new subscriber needs 2 s', async () => {
    const { clock, bus, lease, isRunning, resets, onReset, reported } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.losesTexts = true;
    onReset(() => clock.after(2_000, () => (bus.losesTexts = false)));
    for (let second = 0; second < 20; second++) {
      await clock.advance(1_000);
      expect(isRunning()).toBe(true);
    }
    expect([resets.length, lease.state, reported]).toEqual([1, 'joined', ['up']]);
  });

  test('is renewed by a probe that returns after others were sent', async () => {
    const { clock, bus, lease, isRunning, resets } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.delaysMs = 2_500;
    await clock.advance(60_000);
    expect([isRunning(), lease.state, resets]).toEqual([true, 'joined', []]);
  });

  test('does not count a probe as received if no node is subscribed under its id', async () => {
    const { clock, bus, lease, resets } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.delivery = 'unreachable';
    await clock.advance(3_500);
    expect(lease.state).toBe('unreachable');
    await clock.advance(7_000);
    expect(resets).toHaveLength(1);
  });

  test('that recovers from an outage replaces a subscriber that receives nothing within 3 s, and then gives it time', async () => {
    const { clock, region, bus, lease, resets } = leasing();
    await lease.join();
    await clock.advance(10);
    region.outage = true;
    await clock.advance(3_500);
    expect(lease.state).toBe('down');
    bus.delivery = 'sent';
    bus.losesTexts = true;
    region.outage = false;
    await clock.advance(3_000);
    expect(resets).toHaveLength(1);
    await clock.advance(4_000);
    expect(resets).toHaveLength(1);
  });

  test('replaces a subscriber that receives nothing within 4 s after commands failed between two probes', async () => {
    const { clock, bus, lease, resets, isRunning, onReset } = leasing();
    await lease.join();
    await clock.advance(10);
    bus.losesTexts = true;
    onReset(() => (bus.losesTexts = false));
    lease.disconnected();
    expect(lease.state).toBe('joined');
    await clock.advance(4_000);
    expect(resets).toHaveLength(1);
    expect(lease.state).toBe('joined');
    expect(isRunning()).toBe(true);
  });

  test('is down while commands fail, up again with the first that succeeds, and no subscriber is reset for it', async () => {
    const { clock, region, lease, resets, reported } = leasing();
    await lease.join();
    await clock.advance(10);
    region.outage = true;
    await clock.advance(3_500);
    expect(lease.state).toBe('down');
    await clock.advance(120_000);
    region.outage = false;
    await clock.advance(1_100);
    expect(lease.state).toBe('joined');
    expect(reported).toEqual(['lapsed', 'up']);
    expect(resets).toEqual([]);
  });

  test('reports that it lapsed when the registry restarted empty', async () => {
    const { clock, region, lease, isRunning, reported } = leasing();
    await lease.join();
    await clock.advance(10_000);
    region.wipe();
    await clock.advance(4_000);
    expect(reported).toEqual(['lapsed']);
    expect(isRunning()).toBe(true);
  });

  test('reports that it lapsed within 2 s after the process was stopped for 20 s', async () => {
    const { clock, lease, isRunning, reported, resets } = leasing();
    await lease.join();
    await clock.advance(10_000);
    await clock.freeze(20_000);
    expect(isRunning()).toBe(false);
    await clock.advance(2_000);
    expect(reported).toEqual(['lapsed']);
    expect(isRunning()).toBe(true);
    expect(resets).toEqual([]);
  });

  test('ignores a probe that was in transit while the process was stopped', async () => {
    const { clock, lease, resets } = leasing();
    await lease.join();
    await clock.advance(3_001);
    await clock.freeze(20_000);
    await clock.advance(1_000);
    expect(resets).toEqual([]);
    expect(lease.state).toBe('joined');
  });

  test('contains the report of the node, as it is at each renewal', async () => {
    const { clock, lease, reported } = reporting();
    await lease.join();
    expect(await reported()).toBe(1);
    await clock.advance(3_500);
    expect(await reported()).toBe(3);
    expect(lease.renewalMs).toBe(0);
  });

  test('publishes at once what must not wait for the next renewal, but only if the node receives its probes', async () => {
    const { clock, bus, registry, lease, reported } = reporting();
    await lease.join();
    await clock.advance(10);
    lease.tellNow();
    lease.tellNow();
    await clock.advance(10);
    expect(await reported()).toBe(3);
    bus.losesTexts = true;
    await clock.advance(10_000);
    lease.tellNow();
    await clock.advance(10);
    expect((await registry.leases([SELF])).get(SELF)).toBe('missing');
  });

  test('is claimed later if the registry is unavailable at the start', async () => {
    const { clock, region, lease, isRunning } = leasing();
    region.outage = true;
    await lease.join();
    expect(lease.state).toBe('down');
    region.outage = false;
    await clock.advance(1_500);
    expect(lease.state).toBe('joined');
    expect(isRunning()).toBe(true);
  });

  test('is released at the end', async () => {
    const { clock, lease, isRunning } = leasing();
    await lease.join();
    await clock.advance(100);
    await lease.stop();
    expect(isRunning()).toBe(false);
    await clock.advance(10_000);
    expect(isRunning()).toBe(false);
    expect(lease.isReachable()).toBe(false);
  });
});
