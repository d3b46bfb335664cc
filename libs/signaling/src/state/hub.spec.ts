import { describe, expect, it } from '@jest/globals';
import { sessionOf } from '../../test/recorder.js';
import { Hub } from './hub.js';

describe('Hub', () => {
  it('finds a session by its id and by its peer', () => {
    const hub = new Hub();
    const alice = sessionOf('peer-alice');
    expect(hub.add(alice)).toBeUndefined();
    expect(hub.get(alice.id)).toBe(alice);
    expect(hub.ofPeer(alice.peer)).toBe(alice);
    expect(hub.size).toBe(1);
  });

  it('returns the session of the same peer that a newer one displaces, and removes it', () => {
    const hub = new Hub();
    const [older, newer] = [sessionOf('peer-alice'), sessionOf('peer-alice')];
    hub.add(older);
    expect(hub.add(newer)).toBe(older);
    expect(hub.get(older.id)).toBeUndefined();
    expect(hub.ofPeer(newer.peer)).toBe(newer);
    expect(hub.size).toBe(1);
  });

  it('keeps the newer session when the displaced one is removed late', () => {
    const hub = new Hub();
    const [older, newer] = [sessionOf('peer-alice'), sessionOf('peer-alice')];
    hub.add(older);
    hub.add(newer);
    expect(hub.remove(older)).toBe(false);
    expect(hub.ofPeer(newer.peer)).toBe(newer);
    expect(hub.remove(newer)).toBe(true);
    expect(hub.size).toBe(0);
    expect(hub.ofPeer(newer.peer)).toBeUndefined();
  });

  it('adds the same session twice without displacing it', () => {
    const hub = new Hub();
    const alice = sessionOf('peer-alice');
    hub.add(alice);
    expect(hub.add(alice)).toBeUndefined();
    expect(hub.get(alice.id)).toBe(alice);
  });

  it('visits every session even if the visitor removes it', () => {
    const hub = new Hub();
    const all = ['peer-one', 'peer-two', 'peer-three'].map(sessionOf);
    all.forEach((session) => hub.add(session));
    const seen: unknown[] = [];
    hub.forEach((session) => {
      seen.push(session);
      hub.remove(session);
    });
    expect(seen).toEqual(all);
    expect(hub.size).toBe(0);
  });
});
