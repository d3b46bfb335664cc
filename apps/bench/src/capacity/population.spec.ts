import { describe, expect, it } from '@jest/globals';
import { population } from './population.js';

const licenses = { issue: ({ count }: { count: number }) => Promise.resolve(keys(count)) };
const keys = (count: number) => Array.from({ length: count }, (_, n) => ({ license_key: `key-${n}`, id: `${n}` }));

interface Registered {
  readonly data: { readonly license_key: string; readonly peer_id: string; readonly contacts: string[] };
}

describe('population', () => {
  it('has peers with a license each, and different contacts drawn from all others', async () => {
    const frames = await population({ licenses } as never, 100, 20);
    const people = frames.map((frame) => (JSON.parse(frame) as Registered).data);
    const peers = new Set(people.map(({ peer_id }) => peer_id));
    expect([peers.size, new Set(people.map(({ license_key }) => license_key)).size]).toEqual([100, 100]);
    for (const { peer_id, contacts } of people) {
      expect(new Set(contacts).size).toBe(20);
      expect(contacts).not.toContain(peer_id);
      expect(contacts.every((contact) => peers.has(contact))).toBe(true);
    }
    expect(new Set(people.flatMap(({ contacts }) => contacts)).size).toBe(100);
  });

  it('has fewer contacts if there are not so many other peers', async () => {
    const [first = ''] = await population({ licenses } as never, 3, 20);
    expect((JSON.parse(first) as Registered).data.contacts).toHaveLength(2);
  });
});
