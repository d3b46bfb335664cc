import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeSocket } from '../../test/unit/fake-socket.js';
import { settled } from '../../test/unit/settled.js';
import { TokenBucket, type Session } from '@white-rabbit/signaling';
import { Connection, type ConnectionEvents } from './connection.js';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';

const ACK = '{"event":"ack","data":{}}';
const MAX_BYTES = 1000;

let socket: FakeSocket;
let connection: Connection;
let handled: string[];
let refused: string[];
let ends: EndedBy[];
let gone: number;
let isControlAllowed: boolean;
let waiting: number[];
let slowness: number;
let work: PromiseWithResolvers<undefined> | undefined;

const host: ConnectionEvents = {
  frames: {
    arrivals: { perSecond: 1, burst: 3 },
    maxRefusals: 100,
    charge: (_connection, bytes) => (bytes === 'too many bytes'.length ? 70 : 0),
    refuse: (_connection, text = 'binary', waitMs) => {
      refused.push(`${text}: ${waitMs} ms`);
    },
    handle: (_connection, text = 'binary') => {
      handled.push(text);
      return work?.promise;
    },
    allowsControlFrame: () => isControlAllowed,
  },
  maxBufferedBytes: MAX_BYTES,
  registered: () => undefined,
  ended: (_connection, by) => {
    ends.push(by);
  },
  gone: () => {
    gone += 1;
  },
  backedUp: (_connection, bytes) => {
    waiting.push(bytes);
  },
  tooSlow: (slow) => {
    slowness += 1;
    slow.close(4002, 'the client does not read');
  },
};

beforeEach(() => {
  [handled, refused, ends, gone, isControlAllowed, waiting, slowness, work] = [[], [], [], 0, true, [], 0, undefined];
  socket = new FakeSocket();
  connection = new Connection(socket, host);
});

describe('A connection', () => {
  it('passes on each frame at once, text and binary', () => {
    socket.saysText('a');
    socket.saysBinary(Buffer.from('b'));
    expect(handled).toEqual(['a', 'binary']);
  });

  it('handles the frames behind a slow one only after it, in their order', async () => {
    work = Promise.withResolvers<undefined>();
    for (const text of ['a', 'b', 'c']) socket.saysText(text);
    expect(handled).toEqual(['a']);
    const first = work;
    work = undefined;
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c']);
  });

  it('passes on no frame beyond its byte limit', () => {
    for (const text of ['a', 'too many bytes', 'b']) socket.saysText(text);
    expect([handled, refused]).toEqual([['a', 'b'], ['too many bytes: 70 ms']]);
  });

  it('keeps as many frames behind a slow one as its limits allow, and refuses the others in their turn', async () => {
    work = Promise.withResolvers<undefined>();
    connection.become({} as Session);
    for (const text of ['a', 'b', 'c', 'd', 'e', 'too many bytes']) socket.saysText(text);
    expect([connection.waitingFrames, refused]).toEqual([5, []]);
    const first = work;
    work = undefined;
    first.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a', 'b', 'c', 'd']);
    expect(refused).toEqual([expect.stringMatching(/^e: \d+ ms$/), 'too many bytes: 70 ms']);
  });

  it('refuses frames behind a slow one at once before it has registered', () => {
    work = Promise.withResolvers<undefined>();
    for (const text of ['a', 'b', 'c', 'd', 'e', 'f']) socket.saysText(text);
    expect(connection.waitingFrames).toBe(3);
    expect(refused).toEqual([expect.stringMatching(/^e: \d+ ms$/), expect.stringMatching(/^f: \d+ ms$/)]);
  });

  it('passes on frames at once again when no frame waits', async () => {
    work = Promise.withResolvers<undefined>();
    socket.saysText('a');
    socket.saysText('b');
    const first = work;
    work = undefined;
    first.resolve(undefined);
    await settled();
    for (let n = 0; n < 9; n += 1) socket.saysText('c');
    expect(handled).toEqual(['a', 'b', ...Array.from({ length: 9 }, () => 'c')]);
    expect(refused).toEqual([]);
  });

  it('sends and receives nothing after its close, and is closed once', () => {
    connection.close(4500, 'bad_data');
    connection.close(4501);
    expect(connection.send(ACK)).toBe(false);
    socket.saysText('a');
    socket.vanishes();
    expect(socket.closes).toEqual([{ code: 4500, reason: 'bad_data' }]);
    expect([socket.received, handled, ends]).toEqual([[], [], [4500]]);
    expect(connection.isOpen).toBe(false);
  });

  it('ends once when its client disconnects, and sends nothing after that', () => {
    socket.vanishes();
    socket.vanishes();
    connection.send(ACK);
    connection.close(1012);
    expect([ends, socket.closes, socket.received]).toEqual([[1006], [], []]);
  });

  it('returns whether its socket accepted a frame', () => {
    expect(connection.send(ACK)).toBe(true);
    // The network has failed: ws drops its input, and `close` follows.
    socket.state = FakeSocket.CLOSING;
    expect(connection.send(ACK)).toBe(false);
    expect([socket.received.length, ends]).toEqual([1, []]);
  });

  it('has ended when the Close frame of its client has arrived, and is gone when its socket is closed', () => {
    socket.saysGoodbye();
    expect([ends, gone, connection.send(ACK)]).toEqual([['client'], 0, false]);
    socket.vanishes();
    expect([ends, gone]).toEqual([['client'], 1]);
  });

  it('has ended when a FIN of its client has arrived', () => {
    const wire = new Socket();
    socket.watch(wire);
    wire.emit('end');
    expect([ends, gone, connection.send(ACK)]).toEqual([[1006], 0, false]);
  });

  it('cuts its socket when cut() is called', () => {
    connection.close(1012);
    connection.cut();
    expect([ends, gone]).toEqual([[1012], 1]);
  });

  it('forgets what it sent before it became a session', () => {
    connection.eventBucket = new TokenBucket({ perSecond: 1, burst: 1 });
    connection.become({} as Session);
    expect(connection.eventBucket).toBeUndefined();
  });

  it('drops the waiting frames if it ends while a frame is being handled', async () => {
    work = Promise.withResolvers<undefined>();
    socket.saysText('a');
    socket.saysText('b');
    connection.close(1012);
    work.resolve(undefined);
    await settled();
    expect(handled).toEqual(['a']);
  });

  it('is not ended by an error of its socket but by the close that follows', () => {
    socket.emit('error', new RangeError('Max payload size exceeded'));
    expect(ends).toEqual([]);
    socket.vanishes();
    expect(ends).toEqual([1006]);
  });

  it.each([
    ['sent a Close frame', 1000, 'client'],
    ['sent a Close frame without a code', 1005, 'client'],
    ['vanished', 1006, 1006],
  ] as const)('reports whether its client %s', (_, code, by) => {
    socket.emit('close', code, Buffer.alloc(0));
    expect(ends).toEqual([by]);
  });

  it.each([
    ['a frame that is too large', 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 1009],
    ['a broken frame', 'WS_ERR_INVALID_OPCODE', 1002],
  ] as const)('ends after %s, before its socket is closed', (_, code, by) => {
    socket.emit('error', Object.assign(new RangeError('broken'), { code }));
    expect(ends).toEqual([by]);
    socket.vanishes();
    expect(ends).toEqual([by]);
  });
});

describe('A client that closes while its frames wait', () => {
  beforeEach(() => {
    work = Promise.withResolvers<undefined>();
    for (const text of ['a', 'b', 'c']) socket.saysText(text);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('of a session is gone when they are handled', async () => {
    connection.become({} as Session);
    socket.saysGoodbye();
    socket.vanishes();
    expect([ends, gone, connection.send(ACK)]).toEqual([[], 0, false]);
    work?.resolve(undefined);
    work = undefined;
    await settled();
    expect([handled, ends, gone]).toEqual([['a', 'b', 'c'], ['client'], 1]);
  });

  it('of a session is gone after 0.5 s, whatever they wait for', async () => {
    jest.useFakeTimers();
    connection.become({} as Session);
    socket.saysGoodbye();
    socket.vanishes();
    await jest.advanceTimersByTimeAsync(499);
    expect([ends, gone]).toEqual([[], 0]);
    await jest.advanceTimersByTimeAsync(1);
    expect([handled, ends, gone]).toEqual([['a'], ['client'], 1]);
  });

  it('of a session that the server has closed leaves no timer', () => {
    jest.useFakeTimers();
    connection.become({} as Session);
    connection.close(1012);
    socket.saysGoodbye();
    expect([ends, jest.getTimerCount()]).toEqual([[1012], 0]);
  });

  it('has ended at once if it never registered', () => {
    socket.saysGoodbye();
    expect([ends, gone]).toEqual([['client'], 0]);
  });
});

describe('A ping', () => {
  it('is answered with its payload', () => {
    socket.emit('ping', Buffer.from('payload'));
    expect(socket.pongs).toEqual(['payload']);
  });

  it('beyond the limit is not answered, but shows that the client is alive', () => {
    isControlAllowed = false;
    connection.lastHeardMs = 0;
    socket.emit('ping', Buffer.from('payload'));
    expect(socket.pongs).toEqual([]);
    expect(connection.lastHeardMs).toBeGreaterThan(0);
  });

  it('is not answered by a connection that has ended', () => {
    connection.close(1012);
    socket.emit('ping', Buffer.from('payload'));
    expect(socket.pongs).toEqual([]);
  });

  it('from a client that does not read closes it with 4002', () => {
    socket.waitingBytes = MAX_BYTES;
    socket.emit('ping', Buffer.from('payload'));
    expect([socket.pongs, socket.closeCodes]).toEqual([[], [4002]]);
  });
});

describe('A client that does not read', () => {
  it('is closed once with 4002 by the frame that makes its waiting bytes exceed the limit', () => {
    socket.waitingBytes = MAX_BYTES - ACK.length;
    expect(connection.send(ACK)).toBe(true);
    socket.waitingBytes += 1;
    for (let i = 0; i < 3; i += 1) expect(connection.send(ACK)).toBe(false);
    expect([slowness, socket.received.length]).toEqual([1, 1]);
    expect(socket.closes).toEqual([{ code: 4002, reason: 'the client does not read' }]);
    expect(ends).toEqual([4002]);
  });

  it('is reported with each frame while anything waits', () => {
    connection.send(ACK);
    socket.waitingBytes = 500;
    connection.send(ACK);
    socket.emit('ping', Buffer.from('payload'));
    socket.waitingBytes = 0;
    connection.send(ACK);
    expect(waiting).toEqual([500, 500]);
  });

  it('receives any frame while nothing waits for it', () => {
    expect(connection.send(JSON.stringify({ event: 'ack', data: {}, filling: 'x'.repeat(MAX_BYTES) }))).toBe(true);
  });

  it('is limited by bytes, not by characters', () => {
    const frame = JSON.stringify({ event: 'ack', data: {}, filling: '語'.repeat(200) });
    socket.waitingBytes = MAX_BYTES - Buffer.byteLength(frame);
    expect(connection.send(frame)).toBe(true);
    socket.waitingBytes += 1;
    expect(connection.send(frame)).toBe(false);
  });
});
