import { beforeEach, describe, expect, it } from '@jest/globals';
import { settled } from '../../test/unit/settled.js';
import { Inbox, INBOX_BYTES, INBOX_FRAMES, type Incoming } from './inbox.js';

type Work = PromiseWithResolvers<undefined>;

let handled: string[];
let valve: string[];
/** The pending work of slow frames, by name; all other frames are handled at once. */
let slow: Map<string, Work>;
let refused: (readonly [name: string, waitMs: number])[];

beforeEach(() => {
  handled = [];
  valve = [];
  slow = new Map();
  refused = [];
});

const frame = (name: string | number, bytes = 0): Incoming => ({
  text: String(name),
  bytes,
  atMs: 0,
  waitMs: 0,
});

function takesTime(name: string): Work {
  const work = Promise.withResolvers<undefined>();
  slow.set(name, work);
  return work;
}

function inboxBehind(first: Work, burst = 1_000): Inbox {
  const tap = { pause: () => valve.push('pause'), resume: () => valve.push('resume') };
  const owner = {
    arrivals: { perSecond: 10, burst },
    maxRefusals: 2,
    handle: ({ text: name = '', waitMs }: Incoming) => {
      handled.push(name);
      if (waitMs > 0) refused.push([name, waitMs]);
      return waitMs > 0 ? undefined : slow.get(name)?.promise;
    },
    emptied: () => valve.push('emptied'),
  };
  return new Inbox(tap, owner, first.promise);
}

describe('Frames behind a slow frame', () => {
  it('wait, and are handled in order of arrival', async () => {
    const first = takesTime('first');
    const second = takesTime('b');
    const inbox = inboxBehind(first);
    for (const name of ['a', 'b', 'c']) inbox.push(frame(name));
    await settled();
    expect(handled).toEqual([]);
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b']);
    inbox.push(frame('d'));
    expect(valve).toEqual([]);
    second.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
    expect(valve).toEqual(['emptied']);
  });

  it('are dropped when the socket is gone', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    inbox.push(frame('a'));
    inbox.clear();
    expect([inbox.size, inbox.bytes]).toEqual([0, 0]);
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual([]);
  });

  it('are limited to the number that a client may send at once, and then to the rate; the others are refused in their turn', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first, 3);
    for (const [name, atMs] of Object.entries({ a: 0, b: 0, c: 0, d: 0, e: 100 })) {
      inbox.push({ ...frame(name), atMs, waitMs: inbox.take(atMs) });
    }
    inbox.push({ ...frame('f', 10), waitMs: 70 });
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(refused).toEqual([
      ['d', 100],
      ['f', 70],
    ]);
  });

  it('wait for a refusal only if it does not come after those that close the connection', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    for (const name of ['a', 'b', 'c', 'd']) inbox.push({ ...frame(name), waitMs: name === 'a' ? 0 : 1 });
    expect(inbox.size).toBe(3);
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c']);
    // Those that waited are gone.
    inbox.push({ ...frame('e'), waitMs: 1 });
    expect(inbox.size).toBe(1);
  });
});

describe('An inbox at its bound', () => {
  it('pauses its socket once, loses nothing, and resumes when it is empty', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    for (let i = 1; i < INBOX_FRAMES; i += 1) inbox.push(frame(i));
    expect(valve).toEqual([]);
    // Frames that were already read may still arrive.
    for (let i = INBOX_FRAMES; i < INBOX_FRAMES + 10; i += 1) inbox.push(frame(i));
    expect(valve).toEqual(['pause']);
    first.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause', 'emptied', 'resume']);
    expect(handled.map(Number)).toEqual(Array.from({ length: INBOX_FRAMES + 9 }, (_, i) => i + 1));
  });

  it('counts bytes as well as frames', () => {
    const inbox = inboxBehind(takesTime('first'));
    for (let i = 1; i < 4; i += 1) inbox.push(frame(i, INBOX_BYTES / 4));
    expect(valve).toEqual([]);
    inbox.push(frame(4, INBOX_BYTES / 4));
    expect([valve, inbox.bytes]).toEqual([['pause'], INBOX_BYTES]);
  });

  it('pauses its socket as long as frames wait', async () => {
    const [first, slowOne] = [takesTime('first'), takesTime('2')];
    const inbox = inboxBehind(first);
    for (let i = 1; i <= INBOX_FRAMES; i += 1) inbox.push(frame(i));
    first.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause']);
    slowOne.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause', 'emptied', 'resume']);
  });

  it('resumes a socket whose frames were dropped', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    for (let i = 0; i < INBOX_FRAMES; i += 1) inbox.push(frame(i));
    inbox.clear();
    first.resolve(undefined);
    await settled();
    expect([valve, handled]).toEqual([['pause', 'emptied', 'resume'], []]);
  });
});
