import { expect, test } from '@jest/globals';
import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import { MemoryBus } from '../bus.memory.js';
import { MemoryRegion } from '../memory-region.js';
import { MemoryNodeRegistry } from '../node-registry.memory.js';
import { FakeClock } from '../../test/node/fake-clock.js';
import { NodeRpc } from '../rpc/node-rpc.js';
import { NodeLease, type LeaseRenewal } from './node-lease.js';

const SELF = 'node-self' as NodeId;

test('a lease reports each renewal: kept, failed, or claimed again after it had expired', async () => {
  const clock = new FakeClock();
  const region = new MemoryRegion({ now: () => clock.now() });
  const registry = new MemoryNodeRegistry(region);
  const reported: LeaseRenewal[] = [];
  const lease = new NodeLease({
    registry,
    rpc: new NodeRpc({ bus: new MemoryBus(region, SELF), self: SELF, clock }),
    self: SELF,
    clock,
    resetSubscriber: () => undefined,
    onRenewal: (outcome) => reported.push(outcome),
  });
  await lease.join();
  await clock.advance(3_000);
  expect(new Set(reported)).toEqual(new Set(['kept']));
  reported.length = 0;
  const renew = registry.renew.bind(registry);
  registry.renew = () => Promise.reject(new Unavailable('Redis is not connected.'));
  await clock.advance(3_000);
  expect(new Set(reported)).toEqual(new Set(['failed']));
  reported.length = 0;
  await registry.leave(SELF);
  registry.renew = renew;
  await clock.advance(3_000);
  expect(reported[0]).toBe('lapsed');
  await lease.stop();
});
