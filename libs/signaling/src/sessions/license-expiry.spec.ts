import { describe, expect, it } from '@jest/globals';
import type { SessionId, PeerId } from '@white-rabbit/protocol';
import { Session } from '../state/session.js';
import { LicenseExpiry } from './license-expiry.js';

/** A session that records in `closed` that it was closed. */
function session(name: string, closed: string[]): Session {
  const sink = { send: () => true, close: () => closed.push(name) };
  return new Session(name as SessionId, name as PeerId, 'license', sink);
}

describe('LicenseExpiry', () => {
  it('ends the sessions that are due, each once, in whatever order they were added', async () => {
    const expiry = new LicenseExpiry();
    const closed: string[] = [];
    for (const [name, atMs] of Object.entries({ late: 300, soon: 100, middle: 200 }))
      expiry.expect(session(name, closed), atMs);
    await expiry.tick(99);
    expect(closed).toEqual([]);
    await expiry.tick(100);
    await expiry.tick(250);
    await expiry.tick(260);
    expect(closed).toEqual(['soon', 'middle']);
    await expiry.tick(1_000);
    expect([closed, expiry.size]).toEqual([['soon', 'middle', 'late'], 0]);
  });

  it('finds a session that is due sooner than the earlier ones', async () => {
    const expiry = new LicenseExpiry();
    const closed: string[] = [];
    const gone = session('gone', closed);
    expiry.expect(gone, 100);
    expiry.forget(gone);
    await expiry.tick(150);
    expiry.expect(session('second', closed), 400);
    expiry.expect(session('first', closed), 200);
    await expiry.tick(200);
    expect(closed).toEqual(['first']);
  });

  it('lets the event loop continue between slices if thousands of sessions are due at one moment', async () => {
    const expiry = new LicenseExpiry();
    const closed: string[] = [];
    for (let n = 0; n < 2_000; n += 1) expiry.expect(session(`session-${n}`, closed), 100);
    const ended = expiry.tick(100);
    expect(closed).toHaveLength(500);
    await ended;
    expect(closed).toHaveLength(2_000);
  });
});
