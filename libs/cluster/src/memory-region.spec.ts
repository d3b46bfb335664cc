import { beforeEach, describe, expect, it } from '@jest/globals';
import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { type NodeId, Unavailable } from '@white-rabbit/signaling';
import {
  type Engines,
  type PresenceChange,
  MemoryRegion,
  NODE_LEASE_MS,
  ROUTE_LEASE_MS,
  openEngines,
} from './index.js';

const peer = 'peer-0001' as PeerId;
const node = 'node-a' as NodeId;
const session = 'session-1' as SessionId;

describe('A region in memory', () => {
  let time: number;
  let region: MemoryRegion;
  let engines: Engines;
  let changes: PresenceChange[];
  let gaps: number;

  beforeEach(async () => {
    time = 1000;
    gaps = 0;
    changes = [];
    region = new MemoryRegion({ now: () => time });
    engines = await openEngines({ node, region });
    engines.feed.onChange((change) => changes.push(change));
    engines.feed.onGap(() => (gaps += 1));
  });

  it('forgets a route 60 s after its last renewal, and publishes nothing', async () => {
    const { epoch } = await engines.routes.claim(peer, node, session);
    const route = { peer, node, session, epoch };
    time += ROUTE_LEASE_MS - 1;
    await engines.routes.renew([route]);
    time += ROUTE_LEASE_MS - 1;
    expect((await engines.routes.find([peer])).size).toBe(1);
    time += 1;
    expect((await engines.routes.find([peer])).size).toBe(0);
    expect(changes).toEqual([{ status: 'ONLINE', ...route }]);
  });

  it('forgets a node 10 s after its last renewal', async () => {
    await engines.registry.join(node);
    time += NODE_LEASE_MS - 1;
    expect(await engines.registry.renew(node)).toBe(true);
    time += NODE_LEASE_MS;
    expect(await engines.registry.leases([node])).toEqual(new Map([[node, 'missing']]));
    expect(await engines.registry.renew(node)).toBe(false);
  });

  it('answers nothing during an outage, and reports the gap after it', async () => {
    region.outage = true;
    expect(engines.isUp()).toBe(false);
    await expect(engines.routes.claim(peer, node, session)).rejects.toThrow(Unavailable);
    await expect(engines.routes.find([peer])).rejects.toThrow(Unavailable);
    await expect(engines.registry.renew(node)).rejects.toThrow(Unavailable);
    expect(await engines.bus.send(node, 'x')).toBe('unavailable');
    region.outage = false;
    await Promise.resolve();
    expect([gaps, engines.isUp()]).toEqual([1, true]);
  });

  it('can be wiped, and epochs go on growing', async () => {
    const before = await engines.routes.claim(peer, node, session);
    await engines.registry.join(node);
    region.wipe();
    expect((await engines.routes.find([peer])).size).toBe(0);
    expect(await engines.registry.leases([node])).toEqual(new Map([[node, 'missing']]));
    expect((await engines.routes.claim(peer, node, session)).epoch).toBeGreaterThan(before.epoch);
  });

  it('delivers later, and in order', async () => {
    const heard: string[] = [];
    engines.bus.onMessage((text) => heard.push(text));
    const sent = Promise.all([engines.bus.send(node, '1'), engines.bus.send(node, '2')]);
    expect(heard).toEqual([]);
    await sent;
    expect(heard).toEqual(['1', '2']);
  });
});
