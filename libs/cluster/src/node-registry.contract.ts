import { beforeAll, describe, expect, it } from '@jest/globals';
import { forEveryEngine, newNode } from '../test/engines-under-test.js';
import type { NodeRegistry } from './index.js';

describe('A node registry', () => {
  forEveryEngine((open) => {
    let registry: NodeRegistry;
    beforeAll(async () => {
      ({
        engines: { registry },
      } = await open());
    }, 20_000);

    it('knows those that joined and have not left', async () => {
      const [here, gone, never] = [newNode(), newNode(), newNode()];
      await registry.join(here);
      await registry.join(gone);
      await registry.leave(gone);
      expect(await registry.alive([here, gone, never])).toEqual(new Set([here]));
      expect(await registry.alive([])).toEqual(new Set());
    });

    it('renews a lease that stands', async () => {
      const node = newNode();
      await registry.join(node);
      expect(await registry.renew(node)).toBe(true);
    });

    it('tells that a lease had run out, and takes it again', async () => {
      const node = newNode();
      expect(await registry.renew(node)).toBe(false);
      expect(await registry.alive([node])).toEqual(new Set([node]));
      expect(await registry.renew(node)).toBe(true);
    });
  });
});
