import { beforeEach, describe, expect, it } from '@jest/globals';
import { settled } from '../../test/unit/settled.js';
import { OutgoingBuffers, type Buffering } from './outgoing-buffers.js';

const MAX_BYTES = 1_600;
const MARGIN = MAX_BYTES / 16;

class Reader implements Buffering {
  outgoingBytes = 0;
  isOpen = true;
  isCut = false;

  constructor(readonly name: string) {}

  /** Goes a moment later, as a socket does. */
  cut(): void {
    this.isCut = true;
    queueMicrotask(() => {
      this.outgoingBytes = 0;
      buffers.forget(this);
    });
  }
}

let buffers: OutgoingBuffers<Reader>;
let closed: string[];

beforeEach(() => {
  closed = [];
  buffers = new OutgoingBuffers<Reader>(MAX_BYTES, (reader) => {
    closed.push(reader.name);
    reader.isOpen = false;
  });
});

/** Sends that many bytes to a client that does not read. */
function send(reader: Reader, bytes: number): void {
  reader.outgoingBytes += bytes;
  buffers.note(reader, reader.outgoingBytes);
}

function stuck(name: string, bytes: number): Reader {
  const reader = new Reader(name);
  send(reader, bytes);
  return reader;
}

describe('The outgoing buffers of all connections', () => {
  it('close no connection up to the bound', async () => {
    stuck('a', 1_000);
    stuck('b', 600);
    await settled();
    expect(closed).toEqual([]);
  });

  it('close the connections with the most waiting bytes beyond the bound, and no more than needed', async () => {
    stuck('small', 100);
    stuck('large', 700);
    stuck('larger', 800);
    stuck('small too', 150);
    await settled();
    expect(closed).toEqual(['larger']);
  });

  it('close no connection while the frame that exceeds the bound is still being sent', async () => {
    stuck('a', MAX_BYTES + 1);
    expect(closed).toEqual([]);
    await settled();
    expect(closed).toEqual(['a']);
  });

  it('cut closed connections, before another is closed, when as many bytes arrive again', async () => {
    const large = stuck('large', 1_000);
    const small = stuck('small', 700);
    await settled();
    expect([closed, large.isCut]).toEqual([['large'], false]);
    send(small, MARGIN + 1);
    await settled();
    expect([closed, large.isCut, small.isOpen]).toEqual([['large'], true, true]);
  });

  it('never hold more than the bound and two sixteenths of it, whichever clients do not read', async () => {
    const readers = Array.from({ length: 40 }, (_, index) => new Reader(String(index)));
    const frameBytes = 10;
    for (let round = 0; round < 2_000; round += 1) {
      const reader = readers[(round * 7) % readers.length];
      if (reader?.isOpen === true) send(reader, frameBytes);
      await settled();
      const waiting = readers.reduce((sum, { outgoingBytes }) => sum + outgoingBytes, 0);
      expect(waiting).toBeLessThanOrEqual(MAX_BYTES + 2 * (MARGIN + frameBytes));
    }
    expect(closed.length).toBeGreaterThan(3);
  });

  it('close no connection for bytes that were read meanwhile', async () => {
    const reader = stuck('a', 1_500);
    reader.outgoingBytes = 0;
    stuck('b', 1_500);
    await settled();
    expect([closed, buffers.size]).toEqual([[], 1]);
  });

  it('do not know a connection whose socket is gone', async () => {
    const reader = stuck('a', 1_500);
    buffers.forget(reader);
    stuck('b', 1_500);
    await settled();
    expect([closed, buffers.size]).toEqual([[], 1]);
  });

  it('drop connections that have read all, however many there were', async () => {
    for (let count = 0; count < 1_000; count += 1) {
      const reader = stuck(String(count), 1);
      await settled();
      reader.outgoingBytes = 0;
    }
    expect(buffers.size).toBeLessThan(200);
  });

  it('are not measured at each frame near the bound', async () => {
    let looks = 0;
    const reader = new Reader('a');
    Object.defineProperty(reader, 'outgoingBytes', {
      get: () => {
        looks += 1;
        return MAX_BYTES;
      },
    });
    for (let frame = 0; frame < 100; frame += 1) {
      buffers.note(reader, MAX_BYTES + 1);
      await settled();
    }
    expect(looks).toBe(1);
  });
});
