import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { accepted } from '@white-rabbit/license';
import { LIMITS } from '@white-rabbit/protocol';
import { eventually } from '@white-rabbit/testing';
import { WebSocketServer } from 'ws';
import { RawSocket, rawFrame } from '../../test/raw-socket.js';
import { LICENSE } from '../../test/unit/fake-licenses.js';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { Connection } from './connection.js';
import { FrameSocket } from './frame-socket.js';

const TEXT = 0x81;
/** The number of frames that the limits allow while a test runs. */
const mostAfter = (ms: number) => {
  const perSecond = LIMITS.signalsPerSecond + LIMITS.eventsPerSecond;
  return LIMITS.signalBurst + LIMITS.eventBurst + Math.ceil((ms * perSecond) / 1000);
};

let node: TestNode;
let server: WebSocketServer;
let connection: Connection | undefined;
/** The maximum number of frames that waited at one time. */
let mostWaiting: number;
/** Releases the answers of the license checks. */
let answer: () => void;

beforeEach(async () => {
  mostWaiting = 0;
  node = await startNode();
  const asked = Promise.withResolvers<undefined>();
  answer = () => {
    asked.resolve(undefined);
  };
  node.licenses.verdict = () => asked.promise.then(() => accepted(LICENSE));
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/ws', WebSocket: FrameSocket });
  server.on('connection', (socket: FrameSocket, request) => {
    socket.watch(request.socket);
    const opened = new Connection(socket, node.handler);
    const hear = opened.hear.bind(opened);
    opened.hear = (text, bytes) => {
      hear(text, bytes);
      mostWaiting = Math.max(mostWaiting, opened.waitingFrames);
    };
    node.connections.add(opened);
    connection = opened;
  });
  await once(server, 'listening');
});
afterEach(async () => {
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
});

const connect = () => RawSocket.upgraded((server.address() as AddressInfo).port);
const frame = (event: string, data?: object, ref?: string) =>
  rawFrame(TEXT, Buffer.from(JSON.stringify({ event, data, ref })));
const register = () => frame('register', identity('peer-alice'), 'r1');
const countOf = (received: string, text: string) => received.split(text).length - 1;

describe('Frames of one chunk behind a pending register', () => {
  it('are kept up to the limits; the others are answered rate_limited and then closed with 4003', async () => {
    const raw = await connect();
    const none = rawFrame(TEXT, Buffer.from('{}'));
    const startMs = performance.now();
    // The size of one read of a socket.
    raw.send(Buffer.concat([register(), ...Array.from({ length: 8_150 }, () => none)]));
    await eventually('the close was received', () => raw.closeCode === 4003);
    expect(mostWaiting).toBeGreaterThan(0);
    expect(mostWaiting).toBeLessThanOrEqual(mostAfter(performance.now() - startMs));
    expect(connection?.waitingFrames).toBe(0);
    expect(countOf(raw.received, '"rate_limited"')).toBe(LIMITS.rateLimitedPerMinute);
    expect(raw.received).not.toContain('bad_message');
    answer();
    expect(raw.received).not.toContain('registered');
  });

  it('are all handled after it in their order if they are within the limits', async () => {
    const raw = await connect();
    const refs = Array.from({ length: LIMITS.eventBurst - 1 }, (_, n) => `h${n}`);
    raw.send(Buffer.concat([register(), ...refs.map((ref) => frame('heartbeat', {}, ref))]));
    await eventually('all of them wait', () => connection?.waitingFrames === refs.length);
    expect(raw.received).toBe('');
    answer();
    await eventually('the last is answered', () => raw.received.includes(`"ref":"${refs.at(-1)}"`));
    const answered = [...raw.received.matchAll(/"ref":"(\w+)"/g)].map(([, ref]) => ref);
    expect(answered).toEqual(['r1', ...refs]);
    expect(connection?.waitingFrames).toBe(0);
  });

  it('are kept up to 128 KiB; the others are answered rate_limited and not decoded', async () => {
    const raw = await connect();
    // No tokens are added while a slow machine runs the test.
    const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now());
    const large = rawFrame(TEXT, Buffer.from(`{"event":"contacts","ref":"big","data":{"x":"${'x'.repeat(60_000)}"}}`));
    raw.send(Buffer.concat([register(), ...Array.from({ length: 20 }, () => large)]));
    await eventually('the last is answered', () => countOf(raw.received, '"rate_limited"') === 18);
    expect(countOf(raw.received, '"ref":"big"')).toBe(18);
    expect(connection?.waitingFrames).toBe(2);
    clock.mockRestore();
  });
});
