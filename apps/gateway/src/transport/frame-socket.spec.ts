import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@white-rabbit/testing';
import fc from 'fast-check';
import { WebSocket, WebSocketServer } from 'ws';
import { settled } from '../../test/unit/settled.js';
import { FrameSocket } from './frame-socket.js';

/** The settings of the public endpoint, smaller. */
const OPTIONS = { allowSynchronousEvents: true, maxPayload: 65_536, maxFragments: 4, maxBufferedChunks: 64 };

/** The end of a network connection: what it reads is pushed, what is written is kept. */
class Wire extends Duplex {
  written = '';
  writes = 0;

  override _read(): void {
    // Pushed by the test.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written += chunk.toString('latin1');
    this.writes += 1;
    done();
  }
}

/** Something that a socket has reported: a message, a control frame, an error or its close. */
type Report = readonly unknown[];

/** How the types of ws do not declare its own way to create the socket of a server. */
interface Internal {
  setSocket(wire: Duplex, head: Buffer, options: object): void;
}

function opened<S extends WebSocket>(create: new (...args: never[]) => S): { socket: S; wire: Wire } {
  const wire = new Wire();
  const socket = new (create as unknown as new (...args: unknown[]) => S)(null, undefined, { autoPong: false });
  (socket as unknown as Internal).setSocket(wire, Buffer.alloc(0), OPTIONS);
  return { socket, wire };
}

/** What plain ws reports. */
function plain(reports: Report[]): Wire {
  const { socket, wire } = opened(WebSocket);
  socket.on('message', (data: Buffer, isBinary) =>
    reports.push(['message', isBinary ? undefined : data.toString(), data.length]),
  );
  socket.on('ping', (payload: Buffer) => reports.push(['ping', payload.toString('hex')]));
  socket.on('pong', () => reports.push(['pong']));
  socket.on('error', ({ code }: NodeJS.ErrnoException) =>
    reports.push(['error', code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH']),
  );
  socket.on('close', (code) => reports.push(['close', code]));
  return wire;
}

/** What the socket of the gateway reports. */
function ours(reports: Report[]): Wire {
  const { socket, wire } = opened(FrameSocket);
  socket.reportTo({
    hear: (text, bytes) => reports.push(['message', text, bytes]),
    hearControlFrame: (ping) => reports.push(ping === undefined ? ['pong'] : ['ping', ping.toString('hex')]),
    broken: (isTooLarge) => reports.push(['error', isTooLarge]),
    closedBySocket: (code) => reports.push(['close', code]),
    left: () => undefined,
    vanished: () => undefined,
    backedUp: () => undefined,
  });
  socket.watch(wire as unknown as Socket);
  return wire;
}

/** A frame with any first byte, and a length in the given form, also a longer form than necessary. */
function frame(first: number, payload: Buffer, form: 0 | 2 | 8, key: Buffer | undefined): Buffer {
  const bit = key === undefined ? 0 : 0x80;
  const enough = payload.length > 0xffff ? 8 : payload.length > 125 ? 2 : 0;
  const length = Buffer.alloc(Math.max(form, enough));
  if (length.length === 8) length.writeBigUInt64BE(BigInt(payload.length));
  if (length.length === 2) length.writeUInt16BE(payload.length);
  const short = length.length === 8 ? 127 : length.length === 2 ? 126 : payload.length;
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (key?.[at % 4] ?? 0)));
  return Buffer.concat([Buffer.from([first, bit | short]), length, key ?? Buffer.alloc(0), masked]);
}

const key = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes));
const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ maxLength: 300 }) },
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom(125, 126, 127, 65_535, 65_536, 65_537).map((length) => 'x'.repeat(length)) },
);
const utf8 = text.map((value) => Buffer.from(value));
const bytes = fc.uint8Array({ maxLength: 200 }).map((value) => Buffer.from(value));
const form = fc.constantFrom<(0 | 2 | 8)[]>(0, 0, 0, 2, 8);
const piece = fc
  .oneof(
    { weight: 12, arbitrary: fc.tuple(fc.constant(0x81), utf8, form, key) },
    {
      weight: 3,
      arbitrary: fc.tuple(
        fc.constantFrom(0x89, 0x8a),
        fc.uint8Array({ maxLength: 125 }).map((value) => Buffer.from(value)),
        fc.constant<0>(0),
        key,
      ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant(0x81), bytes, form, key) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(0x01, 0x00, 0x80, 0x82, 0x88), utf8, form, key) },
    { weight: 1, arbitrary: fc.tuple(fc.nat(255), bytes, form, fc.option(key, { nil: undefined })) },
  )
  .map(([first, payload, length, mask]) => frame(first, payload, length, mask));
const stream = fc.array(fc.oneof({ weight: 30, arbitrary: piece }, { weight: 1, arbitrary: bytes }), { maxLength: 12 });

/** The stream in the pieces in which the network delivers it. */
const chunks = fc
  .tuple(stream, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }))
  .map(([frames, cuts]) => {
    const whole = Buffer.concat(frames);
    const ends = [...cuts.map((cut) => Math.floor(cut * whole.length)), whole.length].sort((a, b) => a - b);
    return ends
      .map((end, index) => Buffer.from(whole.subarray(ends[index - 1] ?? 0, end)))
      .filter(({ length }) => length > 0);
  });

async function read(wire: Wire, pieces: readonly Buffer[]): Promise<string> {
  for (const one of pieces) {
    wire.push(Buffer.from(one));
    await settled();
  }
  wire.push(null);
  await settled();
  wire.destroy();
  await settled();
  return wire.written;
}

it('A socket reports the same as plain ws for any stream of bytes, however it is cut', async () => {
  let messages = 0;
  await fc.assert(
    fc.asyncProperty(chunks, async (pieces) => {
      const [theirs, mine]: [Report[], Report[]] = [[], []];
      const written = await read(plain(theirs), pieces);
      expect(await read(ours(mine), pieces)).toBe(written);
      expect(mine).toEqual(theirs);
      messages += mine.filter(([kind]) => kind === 'message').length;
    }),
    { numRuns: 2_000 },
  );
  expect(messages).toBeGreaterThan(2_000);
});

it.each([1, 3])(
  'A socket reports the same as plain ws if it is closed while it is paused, the first read of %i bytes',
  async (first) => {
    const bytes = Buffer.concat(['a', 'b'].map((one) => frame(0x81, Buffer.from(one), 0, Buffer.from([1, 2, 3, 4]))));
    const [theirs, mine]: [Report[], Report[]] = [[], []];
    for (const wire of [plain(theirs), ours(mine)]) {
      wire.push(Buffer.from(bytes.subarray(0, first)));
      await settled();
      wire.pause();
      wire.push(Buffer.from(bytes.subarray(first)));
      wire.destroy();
      await settled();
    }
    expect(mine).toEqual(theirs);
    expect(mine).toContainEqual(['message', 'b', 1]);
  },
);

describe('Texts that a socket writes', () => {
  let server: WebSocketServer;

  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', WebSocket: FrameSocket });
    await once(server, 'listening');
  });
  afterEach(async () => {
    server.close();
    await once(server, 'close');
  });

  /** The socket of the next client. */
  async function accept(): Promise<FrameSocket> {
    const [socket, request] = (await once(server, 'connection')) as [FrameSocket, IncomingMessage];
    socket.watch(request.socket);
    return socket;
  }

  const lengths = [0, 1, 125, 126, 127, 16_383, 16_385, 65_535, 65_536];
  const texts = [...lengths.map((length) => 'x'.repeat(length)), 'ÿ', '語'.repeat(70), '\u0000\u007f\u0080', 'end'];

  it.each([
    ['ws', (url: string) => new WebSocket(url)],
    ["the WebSocket of Node's fetch library", (url: string) => new globalThis.WebSocket(url)],
  ])('are read by %s, one write or many', async (_, connect) => {
    const socketOf = accept();
    const client = connect(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const received: unknown[] = [];
    client.onmessage = ({ data }: { data: unknown }) => received.push(data);
    const socket = await socketOf;
    for (const one of texts) socket.sendText(one);
    for (const one of texts) {
      socket.sendText(one);
      await settled();
    }
    socket.close(1000);
    await eventually('all were received', () => received.length === 2 * texts.length);
    expect(received).toEqual([...texts, ...texts]);
    await eventually('the close was received', () => client.readyState === WebSocket.CLOSED);
  });

  it('keep their order with control frames', async () => {
    const socketOf = accept();
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const received: string[] = [];
    client.on('message', (data: Buffer) => received.push(data.toString()));
    client.on('pong', (payload: Buffer) => received.push(`pong ${payload.toString()}`));
    client.on('close', (code) => received.push(`close ${code}`));
    const socket = await socketOf;
    socket.sendText('a');
    socket.pong(Buffer.from('b'));
    socket.sendText('ç');
    socket.sendText('d');
    socket.close(4001);
    await eventually('the close was received', () => received.includes('close 4001'));
    expect(received).toEqual(['a', 'pong b', 'ç', 'd', 'close 4001']);
  });

  it('are one write if they are sent in the same turn, and none after the socket was cut', async () => {
    const { socket, wire } = opened(FrameSocket);
    socket.watch(wire as unknown as Socket);
    for (const one of ['a', 'b', 'c']) socket.sendText(one);
    expect([wire.writes, socket.outgoingBytes]).toEqual([0, 9]);
    await settled();
    expect([wire.writes, wire.written, socket.outgoingBytes]).toEqual([1, '\x81\x01a\x81\x01b\x81\x01c', 0]);
    socket.sendText('d');
    socket.terminate();
    await settled();
    expect(wire.writes).toBe(1);
  });
});
