import { describe, expect, it } from '@jest/globals';
import type { Sockets } from '../../load/sockets.js';
import { Rotation } from './rotation.js';

/** Sockets to a gateway that registers each client at once, unless it is refused, and records which are closed. */
function gateway(closed: string[], refused: string[] = []): Sockets {
  const open = (name: string) =>
    refused.includes(name)
      ? Promise.reject(new Error('refused'))
      : Promise.resolve({ name, socket: { close: () => closed.push(name) } });
  return { open } as unknown as Sockets;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const names = (rotation: Rotation) => rotation.online.map(({ name, gateway }) => `${name}@${gateway}`);

describe('Rotation', () => {
  it('fills the gateways in turn, and those beyond the number that stays leave', async () => {
    const closed: string[] = [];
    const rotation = new Rotation([gateway(closed), gateway(closed)]);
    await rotation.fill(['a', 'b', 'c', 'd', 'e'], 3);
    expect(names(rotation)).toEqual(['a@0', 'b@1', 'c@0']);
    expect(closed).toEqual(['d', 'e']);
  });

  it('replaces the oldest session by the peer that has been away for the longest time, round and round', async () => {
    const closed: string[] = [];
    const rotation = new Rotation([gateway(closed)]);
    await rotation.fill(['a', 'b', 'c', 'd'], 2);
    for (let turn = 0; turn < 3; turn += 1) {
      rotation.turn();
      await settled();
    }
    expect(names(rotation)).toEqual(['d@0', 'a@0']);
    expect(closed).toEqual(['c', 'd', 'a', 'b', 'c']);
  });

  it('counts a refused register, and tries that peer again later', async () => {
    const refused: string[] = [];
    const rotation = new Rotation([gateway([], refused)]);
    await rotation.fill(['a', 'b', 'c'], 2);
    refused.push('c');
    rotation.turn();
    await settled();
    expect([rotation.refused, names(rotation)]).toEqual([1, ['b@0']]);
    rotation.turn();
    await settled();
    refused.pop();
    rotation.turn();
    await settled();
    expect(names(rotation)).toContain('c@0');
  });
});
