import { beforeAll, describe, expect, it } from '@jest/globals';
import { forEveryEngine, newNode } from '../test/engines-under-test.js';
import { until } from '../test/until.js';
import type { NodeId } from '@white-rabbit/signaling';
import { isRunning, type LeaseState, NODE_LEASE_MS, type NodeRegistry, type NodeReport } from './index.js';

function report(changes: Partial<NodeReport>): NodeReport {
  const nothing = { uptimeSeconds: 1, sessions: 0, connections: 0 };
  return { state: 'serving', region: 'eu', version: '1.0.0', database: 'up', ...nothing, ...changes };
}

describe('A node registry', () => {
  forEveryEngine((open) => {
    let registry: NodeRegistry;
    beforeAll(async () => {
      ({
        engines: { registry },
      } = await open());
    }, 20_000);

    it('lists nodes that joined and have not left', async () => {
      const [here, gone, never] = [newNode(), newNode(), newNode()];
      await registry.join(here);
      await registry.join(gone);
      await registry.leave(gone);
      expect(await registry.leases([here, gone, never])).toEqual(
        new Map<NodeId, LeaseState>([
          [here, new Set()],
          [gone, 'missing'],
          [never, 'missing'],
        ]),
      );
      expect(await registry.leases([])).toEqual(new Map());
    });

    it('renews a valid lease', async () => {
      const node = newNode();
      await registry.join(node);
      expect(await registry.renew(node)).toBe(true);
    });

    it('returns on which instances the last lease says that all routes of a node are claimed', async () => {
      const node = newNode();
      await registry.join(node, report({}), ['one', 'two.3f']);
      expect((await registry.leases([node])).get(node)).toEqual(new Set(['one', 'two.3f']));
      await registry.renew(node, undefined, ['three']);
      expect((await registry.leases([node])).get(node)).toEqual(new Set(['three']));
    });

    it('names the instance that has a lease while it is connected', () => {
      const node = newNode();
      expect(registry.instanceOf(node)).toMatch(/^\w+$/);
      expect(registry.instanceOf(node)).toBe(registry.instanceOf(node));
    });

    it('returns the last report of each running node, and its age', async () => {
      const [first, second, silent, gone] = [newNode(), newNode(), newNode(), newNode()];
      await registry.join(first, report({ sessions: 1 }));
      await registry.join(second, report({ sessions: 2 }));
      await registry.join(silent);
      await registry.join(gone, report({}));
      await registry.leave(gone);
      await registry.renew(first, report({ sessions: 3, state: 'draining' }));
      const ours = (await registry.reports()).filter(({ node }) => [first, second, silent, gone].includes(node));
      expect(ours.map(({ node }) => node)).toEqual([first, second, silent].sort());
      expect(new Map(ours.map(({ node, report }) => [node, report]))).toEqual(
        new Map([
          [first, report({ sessions: 3, state: 'draining' })],
          [second, report({ sessions: 2 })],
          [silent, undefined],
        ]),
      );
      for (const { leaseAgeMs } of ours) {
        expect(leaseAgeMs).toBeGreaterThanOrEqual(0);
        expect(leaseAgeMs).toBeLessThan(NODE_LEASE_MS);
      }
    });

    it('lists a node again whose lease had expired', async () => {
      const node = newNode();
      expect(await registry.renew(node, report({ sessions: 5 }))).toBe(false);
      const reportedSessions = async () =>
        (await registry.reports()).find((living) => living.node === node)?.report?.sessions;
      await until(async () => (await reportedSessions()) === 5);
    });

    it('reports that a lease had expired, and claims it again', async () => {
      const node = newNode();
      expect(await registry.renew(node)).toBe(false);
      expect(isRunning((await registry.leases([node])).get(node))).toBe(true);
      expect(await registry.renew(node)).toBe(true);
    });
  });
});
