import { beforeEach, describe, expect, it } from '@jest/globals';
import { settled } from '../../test/unit/settled.js';
import { Inbox, INBOX_BYTES, INBOX_FRAMES, type Incoming } from './inbox.js';

type Work = PromiseWithResolvers<undefined>;

let handled: string[];
let valve: string[];
/** The pending work of slow frames, by name; all other frames are handled at once. */
let slow: Map<string, Work>;

beforeEach(() => {
  handled = [];
  valve = [];
  slow = new Map();
});

const frame = (name: string | number, bytes = 0): Incoming => ({
  text: String(name),
  bytes,
  atMs: 0,
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
    handle: ({ text: name = '' }: Incoming) => {
      handled.push(name);
      return slow.get(name)?.promise;
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

  it('are limited to the number that a client may send at once, and then to the rate', () => {
    const inbox = inboxBehind(takesTime('first'), 3);
    expect([0, 0, 0, 0].map((nowMs) => inbox.take(nowMs))).toEqual([0, 0, 0, 100]);
    expect(inbox.take(100)).toBe(0);
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
