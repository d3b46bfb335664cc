import { beforeEach, describe, expect, it } from '@jest/globals';
import { settled } from '../../test/unit/settled.js';
import { Inbox, INBOX_FRAMES, type Incoming } from './inbox.js';

type Work = PromiseWithResolvers<undefined>;

let handled: string[];
let valve: string[];
/** The work of frames that take time, by name; all others are done at once. */
let slow: Map<string, Work>;

beforeEach(() => {
  handled = [];
  valve = [];
  slow = new Map();
});

const frame = (name: string | number): Incoming => ({ data: Buffer.from(String(name)), isBinary: false });

function takesTime(name: string): Work {
  const work = Promise.withResolvers<undefined>();
  slow.set(name, work);
  return work;
}

function inboxBehind(first: Work): Inbox {
  const tap = { pause: () => valve.push('pause'), resume: () => valve.push('resume') };
  const handle = ({ data }: Incoming) => {
    const name = Buffer.isBuffer(data) ? data.toString() : '';
    handled.push(name);
    return slow.get(name)?.promise;
  };
  return new Inbox(tap, handle, first.promise);
}

describe('Frames behind one that takes time', () => {
  it('wait, and are handled in the order they came', async () => {
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
    second.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
  });

  it('are handled at once when nothing waits any more', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    first.resolve(undefined);
    await settled();
    inbox.push(frame('a'));
    expect(handled).toEqual(['a']);
  });

  it('are dropped when the socket is gone', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    inbox.push(frame('a'));
    inbox.clear();
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual([]);
  });
});

describe('At its bound an inbox', () => {
  it('holds its socket back once, loses nothing, and lets go when it is empty', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    for (let i = 1; i < INBOX_FRAMES; i += 1) inbox.push(frame(i));
    expect(valve).toEqual([]);
    // What was read already may still come.
    for (let i = INBOX_FRAMES; i < INBOX_FRAMES + 10; i += 1) inbox.push(frame(i));
    expect(valve).toEqual(['pause']);
    first.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause', 'resume']);
    expect(handled.map(Number)).toEqual(Array.from({ length: INBOX_FRAMES + 9 }, (_, i) => i + 1));
  });

  it('holds its socket back as long as frames wait', async () => {
    const [first, slowOne] = [takesTime('first'), takesTime('2')];
    const inbox = inboxBehind(first);
    for (let i = 1; i <= INBOX_FRAMES; i += 1) inbox.push(frame(i));
    first.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause']);
    slowOne.resolve(undefined);
    await settled();
    expect(valve).toEqual(['pause', 'resume']);
  });

  it('lets go of a socket whose frames were dropped', async () => {
    const first = takesTime('first');
    const inbox = inboxBehind(first);
    for (let i = 0; i < INBOX_FRAMES; i += 1) inbox.push(frame(i));
    inbox.clear();
    first.resolve(undefined);
    await settled();
    expect([valve, handled]).toEqual([['pause', 'resume'], []]);
  });
});
