import { newIdentity, type PeerIdentity, type TestCluster } from '@white-rabbit/testing';
import { registerFrame } from '../load/gateway-wire.js';

/** Register frames of that many new peers, each with so many contacts drawn from all others of them. */
export async function population(
  { licenses }: Pick<TestCluster, 'licenses'>,
  count: number,
  contactCount: number,
): Promise<readonly string[]> {
  const issued = await licenses.issue({ count });
  const people = Array.from({ length: count }, () => newIdentity('crowd'));
  return people.map((identity, index) => {
    const contacts = drawn(people, contactCount, index);
    return registerFrame({ ...identity, license_key: issued[index]?.license_key ?? '', contacts });
  });
}

/** Numbers from 0 to below 1, the same for each seed: a linear congruential generator (constants of Numerical Recipes). */
export function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Other peers, the same in each run. */
function drawn(people: readonly PeerIdentity[], count: number, index: number): readonly string[] {
  const drawnPeers = new Set<string>();
  const draw = sequence(index);
  while (drawnPeers.size < Math.min(count, people.length - 1)) {
    const at = Math.floor(draw() * people.length);
    if (at !== index) drawnPeers.add(people[at]?.peer_id ?? '');
  }
  return [...drawnPeers];
}
