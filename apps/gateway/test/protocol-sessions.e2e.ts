import { describe, expect, it } from '@jest/globals';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

describe('A register', () => {
  it('accepts a device_id and a peer_id of 8 and of 128 characters', async () => {
    for (const length of [8, 128]) {
      const alice = await cluster.connect('alice');
      const name = (first: string) =>
        first +
        Math.random()
          .toString(36)
          .slice(2, 9)
          .padEnd(length - 1, '_');
      await alice.register({ ...alice.identity, device_id: name('d'), peer_id: name('p') });
    }
  });
});

describe.each(PLACES)('The presence of a peer $place', ({ far }) => {
  it('alternates and ends with ONLINE for a watcher if the peer reconnects ten times in a row', async () => {
    const bob = await cluster.connect('bob', { at: far });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    await alice.next('presence');
    await bob.join();
    await bob.close();
    for (let round = 1; round < 10; round += 1) {
      const again = await cluster.connectAs(bob.identity, round % 2 === 0 ? far : 1 - far);
      await again.join();
      await again.close();
    }
    const last = await cluster.connectAs(bob.identity, far);
    await last.join();
    const received: string[] = [];
    // Two changes may be sent together; the sent states alternate and end with the current state.
    while (received.length < 21) {
      const { data } = await alice.next('presence');
      received.push(...data.peers.map(({ status }) => status));
      const latest = await alice.ask('contacts', { add: [bob.peer_id] });
      if (alice.unread.length === 0 && latest.text.includes('ONLINE') && received.at(-1) === 'ONLINE') break;
    }
    expect(received.at(-1)).toBe('ONLINE');
    expect(received.filter((status, index) => status === received[index - 1])).toEqual([]);
  });
});
