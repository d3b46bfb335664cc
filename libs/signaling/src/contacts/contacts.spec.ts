import { describe, expect, it } from '@jest/globals';
import type { PeerId, PeerStatus, Status } from '@white-rabbit/protocol';
import fc from 'fast-check';
import { sessionOf } from '../../test/recorder.js';
import type { Contact } from '../state/session.js';
import { NO_ITEMS, sizeOf } from '../state/small-set.js';
import { Contacts } from './contacts.js';
import type { PresenceSource } from './presence-source.js';

const peer = (n: number) => `peer-${n.toString().padStart(5, '0')}` as PeerId;
const peers = (count: number, from = 0) => Array.from({ length: count }, (_, i) => peer(from + i));

/** A source whose watches settle when the test says so. */
class FakeSource implements PresenceSource {
  readonly counts = new Map<PeerId, number>();
  readonly online = new Set<PeerId>();
  readonly #records = new Map<PeerId, Contact>();
  #waiting: PromiseWithResolvers<undefined>[] = [];
  instant = true;

  async watch(watched: readonly PeerId[]): Promise<readonly Contact[]> {
    const records = watched.map((one) => this.#record(one));
    for (const one of watched) this.counts.set(one, (this.counts.get(one) ?? 0) + 1);
    if (this.instant) return records;
    const waiting = Promise.withResolvers<undefined>();
    this.#waiting.push(waiting);
    try {
      await waiting.promise;
    } catch (error) {
      this.unwatch(records);
      throw error;
    }
    return records;
  }

  unwatch(unwatched: readonly Contact[]): void {
    for (const one of unwatched) {
      const count = this.counts.get(one.peer) ?? 0;
      if (count === 0 || this.get(one.peer) !== one) throw new Error('unwatched more often than watched');
      this.counts.set(one.peer, count - 1);
      if (count > 1) continue;
      if (sizeOf(one.watchers) > 0) throw new Error('unwatched with a watcher');
      this.counts.delete(one.peer);
      this.#records.delete(one.peer);
    }
  }

  get(watched: PeerId): Contact | undefined {
    return this.#records.get(watched);
  }

  /** Number of different peers that sessions watch. */
  get attached(): number {
    return [...this.#records.values()].filter(({ watchers }) => sizeOf(watchers) > 0).length;
  }

  #record(peer: PeerId): Contact {
    const status = (): Status => (this.online.has(peer) ? 'ONLINE' : 'OFFLINE');
    const record = this.#records.get(peer) ?? {
      peer,
      get status() {
        return status();
      },
      watchers: NO_ITEMS,
    };
    this.#records.set(peer, record);
    return record;
  }

  get waits(): boolean {
    return this.#waiting.length > 0;
  }

  async settle(error?: Error): Promise<void> {
    const waiting = this.#waiting.shift();
    if (error === undefined) waiting?.resolve(undefined);
    else waiting?.reject(error);
    for (let i = 0; i < 5; i += 1) await Promise.resolve();
  }
}

function setUp() {
  const source = new FakeSource();
  const contacts = new Contacts(source);
  const set = (peer: PeerId, status: Status) => {
    source.online[status === 'ONLINE' ? 'add' : 'delete'](peer);
    const contact = source.get(peer);
    if (contact !== undefined) contacts.changed(contact);
  };
  return { source, contacts, set };
}

const ignore = () => undefined;

describe('Prepared contacts', () => {
  it('are watched for no session until they are attached, and then have their status of that moment', async () => {
    const { source, contacts, set } = setUp();
    const session = sessionOf('peer-00099');
    const prepared = await contacts.prepare([peer(1), peer(2), peer(1)]);
    expect([source.attached, source.counts.size]).toEqual([0, 2]);
    set(peer(1), 'ONLINE');
    expect(prepared.attach(session)).toEqual([
      { peer_id: peer(1), status: 'ONLINE' },
      { peer_id: peer(2), status: 'OFFLINE' },
    ]);
    prepared[Symbol.dispose]();
    set(peer(2), 'ONLINE');
    expect(session.sink.take().map(({ data }) => data['peers'])).toEqual([[{ peer_id: peer(2), status: 'ONLINE' }]]);
    contacts.forget(session);
    expect([source.attached, source.counts.size]).toEqual([0, 0]);
  });

  it('that are not attached, or cannot be watched, leave no watch', async () => {
    const { source, contacts } = setUp();
    (await contacts.prepare([peer(1)]))[Symbol.dispose]();
    (await contacts.prepare([]))[Symbol.dispose]();
    expect(source.counts.size).toBe(0);
    source.instant = false;
    const failed = contacts.prepare([peer(1)]);
    await source.settle(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    expect(source.counts.size).toBe(0);
  });
});

describe('Contacts', () => {
  it('answers with the status of each added peer once, and then reports each change', async () => {
    const { contacts, set } = setUp();
    const alice = sessionOf('peer-alice');
    set(peer(1), 'ONLINE');
    let answer: readonly PeerStatus[] = [];
    const outcome = await contacts.add(alice, [peer(1), peer(2), peer(1)], (statuses) => (answer = statuses));
    expect(outcome).toBe('ok');
    expect(answer).toEqual([
      { peer_id: peer(1), status: 'ONLINE' },
      { peer_id: peer(2), status: 'OFFLINE' },
    ]);
    set(peer(2), 'ONLINE');
    set(peer(3), 'ONLINE');
    expect(alice.sink.take()).toEqual([
      { event: 'presence', data: { peers: [{ peer_id: peer(2), status: 'ONLINE' }] } },
    ]);
  });

  it('answers again for an existing contact, and still reports its changes once', async () => {
    const { source, contacts, set } = setUp();
    const alice = sessionOf('peer-alice');
    await contacts.add(alice, [peer(1)], ignore);
    let answer: readonly PeerStatus[] = [];
    await contacts.add(alice, [peer(1)], (statuses) => (answer = statuses));
    expect(answer).toHaveLength(1);
    expect(source.counts.get(peer(1))).toBe(1);
    set(peer(1), 'ONLINE');
    expect(alice.sink.take()).toHaveLength(1);
  });

  it('reports a change to every watching session, including the peer itself, until the contact is removed', async () => {
    const { contacts, set, source } = setUp();
    const [alice, bob] = [sessionOf('peer-alice'), sessionOf('peer-bob')];
    await contacts.add(alice, [alice.peer, bob.peer], ignore);
    await contacts.add(bob, [alice.peer], ignore);
    set(alice.peer, 'ONLINE');
    expect([alice.sink.take(), bob.sink.take()].map((frames) => frames.length)).toEqual([1, 1]);
    contacts.remove(alice, [alice.peer, peer(9)]);
    set(alice.peer, 'OFFLINE');
    expect([alice.sink.take(), bob.sink.take()].map((frames) => frames.length)).toEqual([0, 1]);
    contacts.remove(bob, [alice.peer]);
    contacts.forget(alice);
    expect(source.attached).toBe(0);
    expect(source.counts.size).toBe(0);
  });

  it('accepts 1,000 different peers, and changes nothing if there would be more', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    expect(await contacts.add(alice, [...peers(1000), ...peers(1000)], ignore)).toBe('ok');
    expect(await contacts.add(alice, [peer(0), peer(1000)], ignore, [])).toBe('contacts_limit');
    expect(await contacts.add(alice, peers(3, 1000), ignore, [peer(0), peer(1)])).toBe('contacts_limit');
    expect(source.attached).toBe(1000);
    expect(source.counts.size).toBe(1000);
    expect(source.counts.has(peer(0))).toBe(true);
    expect(await contacts.add(alice, [peer(5), peer(999)], ignore)).toBe('ok');
  });

  it('checks the limit after the removal: a thousand contacts may replace a thousand others', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    await contacts.add(alice, peers(1000), ignore);
    expect(await contacts.add(alice, peers(1000, 1000), ignore, peers(1000))).toBe('ok');
    expect([...source.counts.keys()].sort()).toEqual(peers(1000, 1000));
    expect(source.attached).toBe(1000);
  });

  it('keeps a contact that one change both removes and adds', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    await contacts.add(alice, [peer(1)], ignore);
    expect(await contacts.add(alice, [peer(1)], ignore, [peer(1)])).toBe('ok');
    expect(source.counts.get(peer(1))).toBe(1);
  });

  it('answers an empty list if nothing was added', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    await contacts.add(alice, [peer(1)], ignore);
    let answer: readonly PeerStatus[] | undefined;
    await contacts.add(alice, [], (statuses) => (answer = statuses), [peer(1)]);
    expect(answer).toEqual([]);
    expect(source.attached).toBe(0);
  });

  it('leaves no watch if the session closes while its contacts are being looked up', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    source.instant = false;
    const added = contacts.add(alice, peers(5), () => {
      throw new Error('called after the session closed');
    });
    contacts.forget(alice);
    await source.settle();
    expect(await added).toBe('closed');
    expect(source.counts.size).toBe(0);
    expect(source.attached).toBe(0);
    expect(await contacts.add(alice, [peer(1)], ignore)).toBe('closed');
    expect(source.counts.size).toBe(0);
  });

  it('changes nothing if the source rejects', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    await contacts.add(alice, [peer(1)], ignore);
    source.instant = false;
    const added = contacts.add(alice, [peer(1), peer(2)], ignore, [peer(1)]);
    await Promise.all([expect(added).rejects.toThrow('away'), source.settle(new Error('away'))]);
    expect([...source.counts]).toEqual([[peer(1), 1]]);
    expect(source.attached).toBe(1);
  });

  it('enforces the limit for changes that wait at the same time', async () => {
    const { contacts, source } = setUp();
    const alice = sessionOf('peer-alice');
    source.instant = false;
    const both = [contacts.add(alice, peers(600), ignore), contacts.add(alice, peers(600, 600), ignore)];
    await source.settle();
    await source.settle();
    expect(await Promise.all(both)).toEqual(['ok', 'contacts_limit']);
    expect(source.counts.size).toBe(600);
  });

  it('tolerates that a notification closes a watcher', async () => {
    const { contacts, set, source } = setUp();
    const watchers = Array.from({ length: 50 }, (_, i) => sessionOf(`watcher-${String(i)}`));
    for (const watcher of watchers) {
      await contacts.add(watcher, [peer(1)], ignore);
      watcher.sink.send = () => {
        contacts.forget(watcher);
        return false;
      };
    }
    set(peer(1), 'ONLINE');
    expect(source.attached).toBe(0);
    expect(source.counts.size).toBe(0);
  });

  it('never loses a change and reports none twice, however changes and look-ups interleave', async () => {
    const step = fc.record({
      do: fc.constantFrom('add', 'remove', 'flip', 'flip', 'settle', 'settle', 'close'),
      watcher: fc.nat(2),
      peer: fc.nat(3),
      more: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { contacts, source, set } = setUp();
        source.instant = false;
        const sessions = ['peer-alice', 'peer-bob', 'peer-carol'].map(sessionOf);
        const known = sessions.map(() => new Map<unknown, unknown>());
        const pending: Promise<unknown>[] = [];
        for (const { do: what, watcher, peer: n, more } of steps) {
          const session = sessions[watcher];
          const seen = known[watcher];
          if (session === undefined || seen === undefined) continue;
          const named = [peer(n), peer(more)];
          if (what === 'add') {
            const tell = (list: readonly PeerStatus[]) => {
              for (const { peer_id, status } of list) seen.set(peer_id, status);
            };
            pending.push(contacts.add(session, named, tell));
          } else if (what === 'remove') {
            contacts.remove(session, named);
            named.forEach((one) => seen.delete(one));
          } else if (what === 'flip') {
            set(peer(n), source.online.has(peer(n)) ? 'OFFLINE' : 'ONLINE');
          } else if (what === 'settle') {
            await source.settle();
          } else {
            contacts.forget(session);
            seen.clear();
          }
          for (const [index, { sink }] of sessions.entries()) {
            for (const { data } of sink.take()) {
              for (const { peer_id, status } of data['peers'] as PeerStatus[]) {
                // Each session is notified only about peers that it watches, and only about changes.
                expect(known[index]?.get(peer_id)).toBe(status === 'ONLINE' ? 'OFFLINE' : 'ONLINE');
                known[index]?.set(peer_id, status);
              }
            }
            for (const [watched, status] of known[index] ?? [])
              expect(source.get(watched as PeerId)?.status).toBe(status);
          }
        }
        while (source.waits) await source.settle();
        await Promise.all(pending);
        sessions.forEach((session) => {
          contacts.forget(session);
        });
        expect([source.attached, source.counts.size]).toEqual([0, 0]);
      }),
      { numRuns: 400 },
    );
  });
});
