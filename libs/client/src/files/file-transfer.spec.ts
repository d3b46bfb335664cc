import { describe, expect, it } from '@jest/globals';
import { offered, transfer } from '../../test/file-fixture.js';
import { MemorySink, MemorySource, randomContent } from '../../test/memory-file.js';
import { eventually } from '@white-rabbit/testing/eventually';
import { deferred } from '../deferred.js';
import { WINDOW_BLOCKS, WINDOW_BYTES } from './flow-window.js';
import { BLOCK_BYTES, MAX_FILE_BYTES, OutgoingFile } from './index.js';

const HASH_BYTES = 32;
const MIB = 1_048_576;

describe('A file', () => {
  it.each([0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 12 * BLOCK_BYTES, MIB + 7])(
    'of %d bytes arrives whole, with an offer before and progress to its end',
    async (size) => {
      const [source, sink] = [new MemorySource(randomContent(size)), new MemorySink()];
      const sent = transfer(source);
      const file = await offered(sent);
      expect(file.offer).toEqual({ name: 'tea party.txt', size, hash: expect.stringMatching(/^[\w-]{43}$/) });
      expect([file.state, sent.outgoing.state]).toEqual(['offered', 'offered']);
      const progress: number[][] = [[], []];
      file.on('progress', ({ done }) => progress[0]?.push(done));
      sent.outgoing.on('progress', ({ done }) => progress[1]?.push(done));
      file.accept(sink);
      expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['done', 'done']);
      expect(Buffer.compare(sink.content, source.content)).toBe(0);
      expect([sink.calls, source.isClosed]).toEqual([['kept', 'finish'], true]);
      const blocks = Array.from({ length: Math.ceil(size / BLOCK_BYTES) }, (_, block) => (block + 1) * BLOCK_BYTES);
      const expected = blocks.map((done) => Math.min(done, size));
      expect(progress).toEqual([expected, expected]);
      expect(sent.channels.map(({ readyState }) => readyState)).toEqual(['closed', 'closed']);
    },
  );

  it('waits for the other user, and is not sent before', async () => {
    const sent = transfer(new MemorySource(randomContent(MIB)));
    await offered(sent);
    expect(sent.channels[0].sent).toHaveLength(1);
    sent.outgoing.cancel();
    await sent.outgoing.ended;
  });

  it('is sent no faster than the channel and the receiver take it', async () => {
    const [source, sink] = [new MemorySource(randomContent(4 * MIB)), new MemorySink()];
    const gate = deferred<undefined>();
    sink.gate = gate.promise;
    const sent = transfer(source);
    const file = await offered(sent);
    file.accept(sink);
    await eventually('the hashes were sent', () => sent.channels[0].dataBytes >= 64 * HASH_BYTES);
    // The sink waits in `kept`: no block is sent.
    await turns(500);
    expect(sent.channels[0].dataBytes).toBe(64 * HASH_BYTES);
    gate.resolve(undefined);
    const write = deferred<undefined>();
    file.on('progress', () => (sink.gate = write.promise));
    await eventually('a block has arrived', () => file.done > 0);
    await turns(1_000);
    expect(sent.channels[0].dataBytes).toBeLessThanOrEqual(64 * HASH_BYTES + BLOCK_BYTES + WINDOW_BYTES);
    expect(file.done).toBe(BLOCK_BYTES);
    write.resolve(undefined);
    expect(await file.ended).toBe('done');
    expect(sent.channels[0].highest).toBeLessThanOrEqual(BLOCK_BYTES + 16_384);
  });

  it('survives an interruption of the network, and goes on with the same channel', async () => {
    const [source, sink] = [new MemorySource(randomContent(2 * MIB)), new MemorySink()];
    const sent = transfer(source);
    const file = await offered(sent);
    file.accept(sink);
    await file.once('progress');
    for (const channel of sent.channels) channel.pause();
    await turns(200);
    expect([file.state, sent.outgoing.state]).toEqual(['transferring', 'transferring']);
    for (const channel of sent.channels) channel.resume();
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['done', 'done']);
    expect(Buffer.compare(sink.content, source.content)).toBe(0);
  });
});

describe('A file that was interrupted before', () => {
  /** Sends a file to a sink that keeps something. Returns how many bytes of blocks were sent. */
  async function resume(content: Uint8Array<ArrayBuffer>, kept: Uint8Array<ArrayBuffer>): Promise<number> {
    const sink = new MemorySink(kept);
    const sent = transfer(new MemorySource(content));
    const file = await offered(sent);
    file.accept(sink);
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['done', 'done']);
    expect(Buffer.compare(sink.content, content)).toBe(0);
    return sent.channels[0].dataBytes - Math.ceil(content.length / BLOCK_BYTES) * HASH_BYTES;
  }

  it.each([
    [10 * BLOCK_BYTES, 7 * BLOCK_BYTES, 3 * BLOCK_BYTES],
    [10 * BLOCK_BYTES, 7 * BLOCK_BYTES + 5, 3 * BLOCK_BYTES],
    [10 * BLOCK_BYTES, 10 * BLOCK_BYTES, 0],
    [10 * BLOCK_BYTES + 9, 10 * BLOCK_BYTES, 9],
    [9, 0, 9],
  ])('of %d bytes with %d bytes kept is continued: %d bytes are sent', async (size, kept, rest) => {
    const content = randomContent(size);
    expect(await resume(content, content.slice(0, kept))).toBe(rest);
  });

  it('is sent again from the first kept block that does not have its hash', async () => {
    const content = randomContent(10 * BLOCK_BYTES);
    const kept = content.slice(0, 8 * BLOCK_BYTES);
    kept[4 * BLOCK_BYTES + 17] = (kept[4 * BLOCK_BYTES + 17] ?? 0) ^ 1;
    expect(await resume(content, kept)).toBe(6 * BLOCK_BYTES);
  });

  it.each(['the sender hangs up', 'the channel closes'])('is kept by the receiver when %s', async (how) => {
    const [source, sink] = [new MemorySource(randomContent(2 * MIB)), new MemorySink()];
    const sent = transfer(source);
    const file = await offered(sent);
    file.accept(sink);
    await file.once('progress');
    sent.hangUp();
    // The other side learns of it from its own connection.
    sent.channels[1].close();
    if (how === 'the channel closes') sent.channels[0].close();
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['interrupted', 'interrupted']);
    expect([sink.calls, source.isClosed, sink.content.length]).toEqual([['kept', 'close'], true, file.done]);
  });
});

describe('A file transfer ends at both sides', () => {
  it('as declined when the receiver declines', async () => {
    const sent = transfer(new MemorySource(randomContent(9)));
    const file = await offered(sent);
    file.decline();
    file.accept(new MemorySink());
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['declined', 'declined']);
  });

  it.each(['sender', 'receiver'])('as cancelled when the %s cancels, and nothing is kept', async (side) => {
    const [source, sink] = [new MemorySource(randomContent(4 * MIB)), new MemorySink()];
    const sent = transfer(source);
    const file = await offered(sent);
    file.accept(sink);
    await file.once('progress');
    (side === 'sender' ? sent.outgoing : file).cancel();
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['cancelled', 'cancelled']);
    expect([sink.calls, source.isClosed]).toEqual([['kept', 'discard'], true]);
    expect(sent.channels.map(({ readyState }) => readyState)).toEqual(['closed', 'closed']);
  });

  it('as cancelled when the sender cancels before the receiver has answered', async () => {
    const sent = transfer(new MemorySource(randomContent(9)));
    const file = await offered(sent);
    sent.outgoing.cancel();
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['cancelled', 'cancelled']);
    file.accept(new MemorySink());
    expect(file.state).toBe('ended');
  });

  it('as broken when the file changes while it is sent, and nothing is kept', async () => {
    const [source, sink] = [new MemorySource(randomContent(4 * MIB)), new MemorySink()];
    const sent = transfer(source);
    const file = await offered(sent);
    source.content = source.content.slice();
    source.content[3 * MIB] = (source.content[3 * MIB] ?? 0) ^ 1;
    file.accept(sink);
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['broken', 'broken']);
    expect([sink.calls, sink.content.length, file.done]).toEqual([['kept', 'discard'], 0, 3 * MIB]);
  });

  it('as unreadable when the sender cannot read the file any more, and the receiver keeps what it has', async () => {
    const [source, sink] = [new MemorySource(randomContent(4 * MIB)), new MemorySink()];
    const sent = transfer(source);
    const file = await offered(sent);
    file.on('progress', ({ done }) => {
      if (done === 2 * MIB) source.content = source.content.slice(0, 2 * MIB);
    });
    file.accept(sink);
    expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['unreadable', 'unreadable']);
    expect(sink.calls).toEqual(['kept', 'close']);
  });

  it.each(['kept', 'readKept', 'write', 'finish'] as const)(
    'as unwritable when %s of the sink fails',
    async (method) => {
      const content = randomContent(12 * BLOCK_BYTES);
      const sink = new MemorySink(content.slice(0, BLOCK_BYTES));
      sink.broken = method;
      const sent = transfer(new MemorySource(content));
      const file = await offered(sent);
      file.accept(sink);
      expect(await Promise.all([file.ended, sent.outgoing.ended])).toEqual(['unwritable', 'unwritable']);
      expect(sink.calls.at(-1)).toBe('close');
    },
  );

  it('as done for the receiver if the sender cancels while the sink finishes the file', async () => {
    const sink = new MemorySink();
    const sent = transfer(new MemorySource(randomContent(9)));
    const file = await offered(sent);
    const gate = deferred<undefined>();
    file.on('progress', () => (sink.gate = gate.promise));
    file.accept(sink);
    await sent.outgoing.once('progress');
    sent.outgoing.cancel();
    file.cancel();
    await turns(10);
    gate.resolve(undefined);
    expect(await file.ended).toBe('done');
    expect(sink.calls).toEqual(['kept', 'finish']);
  });
});

describe('An outgoing file', () => {
  const closed = new Promise<never>(() => undefined);
  const openChannel = (): never => {
    throw new Error('InvalidStateError');
  };

  it.each([
    [MAX_FILE_BYTES + 1, 'too_large'],
    [-1, 'unreadable'],
    [Number.NaN, 'unreadable'],
    [0.5, 'unreadable'],
  ])('of %d bytes ends as %s without an offer', async (size, end) => {
    const read = () => Promise.resolve(new Uint8Array());
    const file = new OutgoingFile({ openChannel, closed }, { name: 'x', size, read });
    expect(await file.ended).toBe(end);
  });

  it('ends as unreadable if its first reading fails', async () => {
    const read = () => Promise.reject(new Error('EIO'));
    const file = new OutgoingFile({ openChannel, closed }, { name: 'x', size: 9, read });
    expect(await file.ended).toBe('unreadable');
  });

  it('ends as interrupted if the connection is closed', async () => {
    const source = new MemorySource(randomContent(9));
    const file = new OutgoingFile({ openChannel, closed }, source);
    expect([await file.ended, source.isClosed]).toEqual(['interrupted', true]);
  });

  it('can be cancelled while its hashes are computed', async () => {
    const source = new MemorySource(randomContent(MIB));
    const file = new OutgoingFile({ openChannel, closed }, source);
    file.cancel();
    expect([await file.ended, source.isClosed]).toEqual(['cancelled', true]);
  });

  it('is offered under a name without a path', async () => {
    const sent = transfer(new MemorySource(randomContent(9), '/home/alice/\u202etxt.exe'));
    expect((await offered(sent)).name).toBe('txt.exe');
    sent.hangUp();
    expect(await sent.outgoing.ended).toBe('interrupted');
  });
});

it('The window of a file transfer is a whole number of blocks', () => {
  expect(WINDOW_BYTES / BLOCK_BYTES).toBe(WINDOW_BLOCKS);
});

/** Lets the linked channels deliver so many messages. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
