import { describe, expect, it } from '@jest/globals';
import { BLOCK_BYTES } from '@white-rabbit/client/files';
import { MAX_IN_MEMORY, MemorySink, type KeptBlocks } from './memory-sink.js';

const OFFER = { name: 'tea.txt', size: 2 * BLOCK_BYTES + 3, hash: 'hash-of-tea' };

function block(value: number, length = BLOCK_BYTES): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value);
}

describe('MemorySink', () => {
  it('has the whole file at its end', async () => {
    const sink = new MemorySink(OFFER, new Map());
    expect(await sink.kept()).toBe(0);
    await sink.write(block(1), 0);
    await sink.write(block(2), BLOCK_BYTES);
    await sink.write(block(3, 3), 2 * BLOCK_BYTES);
    await sink.finish();
    const bytes = new Uint8Array(await (await sink.content()).arrayBuffer());
    expect([bytes.length, bytes[0], bytes[BLOCK_BYTES], bytes.at(-1)]).toEqual([OFFER.size, 1, 2, 3]);
  });

  it('keeps the blocks of an interrupted file for the same file, once', async () => {
    const interrupted: KeptBlocks = new Map();
    const first = new MemorySink(OFFER, interrupted);
    await first.write(block(1), 0);
    await first.write(block(2), BLOCK_BYTES);
    await first.close();
    expect(await new MemorySink({ ...OFFER, hash: 'another-hash' }, interrupted).kept()).toBe(0);
    const second = new MemorySink(OFFER, interrupted);
    expect(await second.kept()).toBe(2 * BLOCK_BYTES);
    expect(await second.readKept(BLOCK_BYTES)).toEqual(block(2));
    // The second block was wrong.
    await second.write(block(4), BLOCK_BYTES);
    await second.write(block(5, 3), 2 * BLOCK_BYTES);
    expect((await second.content()).size).toBe(OFFER.size);
    expect(await new MemorySink(OFFER, interrupted).kept()).toBe(0);
  });

  it('keeps no more than four interrupted files', async () => {
    const interrupted: KeptBlocks = new Map();
    for (const hash of ['a', 'b', 'c', 'd', 'e']) {
      const sink = new MemorySink({ ...OFFER, hash }, interrupted);
      await sink.write(block(1), 0);
      await sink.close();
    }
    expect(interrupted.size).toBe(4);
    expect(await new MemorySink({ ...OFFER, hash: 'a' }, interrupted).kept()).toBe(0);
  });

  it('refuses a file that is too large for the memory', async () => {
    const sink = new MemorySink({ ...OFFER, size: MAX_IN_MEMORY + 1 }, new Map());
    await expect(sink.kept()).rejects.toThrow('too large');
  });
});
