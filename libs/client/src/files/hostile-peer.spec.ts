import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { fakeTimers, pass, settle } from '../../test/fake-timers.js';
import { linkedChannels, type LinkedChannel } from '../../test/linked-channels.js';
import { MemorySink, MemorySource, randomContent } from '../../test/memory-file.js';
import { deferred } from '../deferred.js';
import { BlockHashes } from './block-hashes.js';
import { BLOCK_BYTES, OutgoingFile, receiveFile, type FileEnd, type FileTransfer } from './index.js';

const forever = new Promise<never>(() => undefined);
/** What a peer sends: an object is a control message. */
type Sent = object | string | Uint8Array<ArrayBuffer>;

const CONTENT = randomContent(2 * BLOCK_BYTES + 9);
const HASHES = await BlockHashes.of(new MemorySource(CONTENT), () => true);
if (!HASHES) throw new Error('There are no hashes.');
const LIST = HASHES.bytes;
const OFFER = { type: 'offer', name: 'x.txt', size: CONTENT.length, hash: await HASHES.fileHash() };

/** All bytes of a binary message that begins with these. */
const bytes = (length: number, ...first: number[]) => Uint8Array.from({ length }, (_, index) => first[index] ?? 0);

beforeEach(() => {
  fakeTimers();
});
afterEach(async () => {
  // Both sides close the channel within 5 s.
  await pass(5_000);
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

/** Lets the channels deliver everything. */
async function delivered(): Promise<void> {
  for (let turn = 0; turn < 40; turn += 1) await new Promise(setImmediate);
  await settle();
}

/** Waits for what depends on hashes, which other threads compute. */
async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise(setImmediate);
}

const hasSaid = (channel: LinkedChannel, type: string) =>
  channel.sent.some((message) => typeof message === 'string' && message.includes(`"type":"${type}"`));

function say(channel: LinkedChannel, ...messages: readonly Sent[]): void {
  for (const message of messages) {
    const isRaw = typeof message === 'string' || message instanceof Uint8Array;
    if (channel.readyState === 'open') channel.send(isRaw ? message : JSON.stringify(message));
  }
}

/** The reasons in the `end` messages of a side. */
function endsOf(channel: LinkedChannel): unknown[] {
  const texts = channel.sent.filter((message) => typeof message === 'string');
  return texts.map((text) => JSON.parse(text) as { reason?: unknown }).flatMap(({ reason }) => reason ?? []);
}

/** The end of a transfer whose hostile peer does not close the channel, so that this side does it after 5 s. */
async function endOf(file: FileTransfer | undefined): Promise<FileEnd | undefined> {
  await until(() => file?.state === 'ended');
  await delivered();
  await pass(5_000);
  return file?.ended;
}

/** A receiver whose peer the test plays. */
async function receiver(...messages: readonly Sent[]) {
  const [peer, own] = linkedChannels();
  const file = receiveFile({ closed: forever }, own);
  peer.open();
  say(peer, ...messages);
  await delivered();
  return { peer, own, file };
}

describe('The receiver of a file refuses a peer', () => {
  it.each<[string, string, Sent]>([
    ['text that is no JSON', 'broken', 'curiouser'],
    ['JSON that is no object', 'broken', 'null'],
    ['an unknown message', 'broken', { type: 'wink' }],
    ['a message of a later step', 'broken', { type: 'accept' }],
    ['bytes', 'broken', bytes(9)],
    ['an offer with a negative size', 'broken', { ...OFFER, size: -1 }],
    ['an offer with a broken size', 'broken', { ...OFFER, size: 0.5 }],
    ['an offer with a size that is a text', 'broken', { ...OFFER, size: '9' }],
    ['an offer that is too large', 'too_large', { ...OFFER, size: 65_536 * BLOCK_BYTES + 1 }],
    ['an offer with an overlong name', 'broken', { ...OFFER, name: 'x'.repeat(1_025) }],
    ['an offer without a name', 'broken', { ...OFFER, name: undefined }],
    ['an offer with a short hash', 'broken', { ...OFFER, hash: 'abc' }],
    ['an overlong message', 'broken', { ...OFFER, more: 'x'.repeat(4_096) }],
  ])('that begins with %s', async (_, end, message) => {
    const { own, file } = await receiver(message);
    expect([await file, endsOf(own)]).toEqual([undefined, [end]]);
  });

  it('that opens a channel and says nothing, after 30 s', async () => {
    const { own, file } = await receiver();
    await pass(30_000);
    expect([await file, endsOf(own)]).toEqual([undefined, ['broken']]);
  });

  it.each<[string, Sent]>([
    ['a second offer', { type: 'offer', name: 'y', size: 9, hash: 'x'.repeat(43) }],
    ['hashes', bytes(96)],
    ['a message of the receiver', { type: 'received', blocks: 1 }],
    ['an end that only the receiver knows', { type: 'end', reason: 'done' }],
  ])('that sends %s before this user has answered', async (_, message) => {
    const { file } = await receiver(OFFER, message);
    expect(await endOf(await file)).toBe('broken');
  });

  it('that cancels before this side has its offer, without an end of its own', async () => {
    const { own, file } = await receiver({ type: 'end', reason: 'cancelled' });
    expect([await file, own.sent]).toEqual([undefined, []]);
  });
});

describe('A file that this user has accepted ends as broken, and nothing of it is kept,', () => {
  /** Plays the sender after the acceptance. */
  async function accepted(...messages: readonly Sent[]) {
    const { peer, own, file } = await receiver(OFFER);
    const incoming = await file;
    const sink = new MemorySink();
    incoming?.accept(sink);
    say(peer, ...messages);
    await delivered();
    return { peer, own, incoming, sink };
  }

  it('if the list of hashes does not have the hash of the offer', async () => {
    const { incoming, sink, own } = await accepted(bytes(96));
    expect([await endOf(incoming), sink.calls, endsOf(own)]).toEqual(['broken', [], ['broken']]);
  });

  it.each([
    ['more hashes than the file has blocks', () => [bytes(97)]],
    ['blocks before they are asked for', () => [LIST, bytes(1)]],
    ['an empty message', () => [bytes(0)]],
    ['text', () => ['curiouser']],
    ['a second offer', () => [OFFER]],
  ])('if the peer sends %s', async (_, messages) => {
    const { incoming } = await accepted(...messages());
    expect(await endOf(incoming)).toBe('broken');
  });

  it.each([
    ['a block that does not have its hash', () => [bytes(BLOCK_BYTES)]],
    ['more bytes than the file has', () => [CONTENT, bytes(1)]],
    ['an end that it cannot know', () => [{ type: 'end', reason: 'done' }]],
  ])('if the peer sends %s', async (_, messages) => {
    const { peer, own, incoming, sink } = await accepted(LIST);
    await until(() => hasSaid(own, 'start'));
    say(peer, ...messages());
    await delivered();
    expect([await endOf(incoming), sink.calls.at(-1)]).toEqual(['broken', 'discard']);
    expect(sink.calls).not.toContain('finish');
  });

  it('but arrives whole in messages of any length', async () => {
    const { peer, own, incoming, sink } = await accepted(LIST);
    await until(() => hasSaid(own, 'start'));
    for (let start = 0; start < CONTENT.length; start += 50_001) {
      say(peer, CONTENT.slice(start, start + 50_001));
      await delivered();
    }
    expect([await endOf(incoming), Buffer.compare(sink.content, CONTENT)]).toEqual(['done', 0]);
  });
});

/** A sender whose peer the test plays, after its offer. */
async function sender(content: Uint8Array<ArrayBuffer>, messages: readonly Sent[]) {
  const [own, peer] = linkedChannels();
  const asked = deferred<undefined>();
  const openChannel = () => {
    asked.resolve(undefined);
    return own;
  };
  const file = new OutgoingFile({ openChannel, closed: forever }, new MemorySource(content));
  await asked.promise;
  own.open();
  await delivered();
  for (const message of messages) {
    say(peer, message);
    await delivered();
  }
  return { file, own, peer };
}

describe('The sender of a file ends it as broken', () => {
  const ACCEPT = { type: 'accept' };
  const start = (block: unknown) => ({ type: 'start', block });
  const received = (blocks: unknown) => ({ type: 'received', blocks });

  it.each<[string, readonly Sent[]]>([
    ['sends bytes', [bytes(9)]],
    ['sends text', ['curiouser']],
    ['offers a file itself', [OFFER]],
    ['accepts twice', [ACCEPT, ACCEPT]],
    ['says where to start before it has accepted', [start(0)]],
    ['starts twice', [ACCEPT, start(0), start(1)]],
    ['starts after the end of the file', [ACCEPT, start(4)]],
    ['starts at a negative block', [ACCEPT, start(-1)]],
    ['starts at a broken block', [ACCEPT, start(0.5)]],
    ['confirms before the start', [ACCEPT, received(0)]],
    ['confirms what was not sent', [ACCEPT, start(0), received(4)]],
    ['confirms less than before', [ACCEPT, start(2), received(1)]],
    ['is done before it has accepted', [{ type: 'end', reason: 'done' }]],
    ['is done before it has confirmed all', [ACCEPT, start(0), received(2), { type: 'end', reason: 'done' }]],
    ['gives a reason that does not exist', [{ type: 'end', reason: 'tired' }]],
  ])('if the receiver %s', async (_, messages) => {
    const { file } = await sender(CONTENT, messages);
    expect(await endOf(file)).toBe('broken');
  });

  it('after which it waits 5 s for the other side to close the channel, and then closes it', async () => {
    const { file, own } = await sender(CONTENT, [bytes(9)]);
    own.change = () => undefined;
    expect([file.state, own.readyState]).toEqual(['ended', 'open']);
    await pass(5_000);
    await delivered();
    expect([await file.ended, own.readyState]).toEqual(['broken', 'closed']);
  });

  it('and sends at most the window to a receiver that confirms nothing', async () => {
    const { file, own } = await sender(randomContent(20 * BLOCK_BYTES), [ACCEPT, start(0)]);
    for (let round = 0; round < 5; round += 1) await delivered();
    expect(own.dataBytes).toBe(20 * 32 + 8 * BLOCK_BYTES);
    file.cancel();
  });
});

describe('Any sequence of messages of a hostile peer', () => {
  const control = fc.oneof(
    fc.constantFrom<Sent>({ type: 'accept' }, OFFER, {
      type: 'offer',
      name: '\u202e../..',
      size: 9,
      hash: 'x'.repeat(43),
    }),
    fc.record({ type: fc.constant('start'), block: fc.oneof(fc.integer({ min: -1, max: 4 }), fc.double()) }),
    fc.record({ type: fc.constant('received'), blocks: fc.oneof(fc.integer({ min: -1, max: 4 }), fc.double()) }),
    fc.record({
      type: fc.constant('end'),
      reason: fc.constantFrom('done', 'declined', 'cancelled', 'broken', 'unreadable', 'unwritable', 'interrupted'),
    }),
    fc.json(),
    fc.string(),
  ) as fc.Arbitrary<Sent>;
  const data = fc.oneof(
    fc.nat({ max: 70_000 }).map((length) => bytes(length, 1, 2, 3)),
    fc.constantFrom(LIST, CONTENT, CONTENT.slice(0, BLOCK_BYTES)),
  ) as fc.Arbitrary<Sent>;
  const messages = fc.array(fc.oneof({ weight: 3, arbitrary: control }, data), { maxLength: 12 });

  it('never makes the receiver throw, or finish a file that it does not have', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.boolean(), async (sent, isOffered) => {
        const [peer, own] = linkedChannels();
        const sink = new MemorySink();
        const receiving = receiveFile({ closed: forever }, own);
        void receiving.then((file) => file?.accept(sink));
        peer.open();
        for (const message of [...(isOffered ? [OFFER] : []), ...sent]) {
          say(peer, message);
          await delivered();
        }
        peer.close();
        const isDone = (await (await receiving)?.ended) === 'done';
        await delivered();
        const isWhole = Buffer.compare(sink.content, CONTENT) === 0;
        expect([sink.calls.includes('finish'), isDone]).toEqual([isWhole, isWhole]);
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  it('never makes the sender throw, or believe that a file arrived that was not sent', async () => {
    await fc.assert(
      fc.asyncProperty(messages, async (sent) => {
        const { file, own, peer } = await sender(CONTENT, sent);
        peer.close();
        await delivered();
        await pass(5_000);
        // A receiver that says it has every block, one after the other, is believed: it is the one that wants the file.
        const isConfirmed = peer.sent.some((text) => typeof text === 'string' && text.includes('"reason":"done"'));
        if ((await file.ended) === 'done') expect([file.done, isConfirmed]).toEqual([file.size, true]);
        expect(own.dataBytes).toBeLessThanOrEqual(96 + CONTENT.length);
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: 150 },
    );
  });
});
