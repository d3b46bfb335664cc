import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { reportFigure } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import fc from 'fast-check';
import { RawSocket, rawFrame } from './raw-socket.js';
import { GENEROUS } from './settings.js';

const cluster = useCluster(1, { env: GENEROUS });

afterEach(async () => {
  // After every test the gateway must be running and must accept new clients.
  const bystander = await cluster.peer('bystander');
  await bystander.roundTrip();
  expect(await cluster.gateway(0).health('livez')).toBe(200);
  await cluster.closeClients();
});

const port = () => cluster.gateway(0).port;

const TEXT = 0x81;
/** Close code for a violation of the WebSocket protocol, by RFC 6455. */
const PROTOCOL_ERROR = 1002;
const BAD_TEXT = 1007;
const TOO_LARGE = 1009;
const TOO_MANY_FRAGMENTS = 1008;

/** Time limit for a connection that makes no progress. Milliseconds. */
const CUT_MS = 10_000;

describe('An invalid upgrade', () => {
  it.each([
    ['the path //', 'GET // HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['the Host [', 'GET /ws HTTP/1.1\r\nHost: [\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['an absolute path', 'GET http://[/ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00'],
  ])('with %s and then a reset affects no other client', async (_, request) => {
    for (let round = 0; round < 20; round += 1) {
      const raw = await RawSocket.open(port());
      raw.send(request);
      raw.reset();
    }
    const patient = await RawSocket.open(port());
    patient.send(request);
    await patient.closed(CUT_MS);
    expect(patient.received).toMatch(/^HTTP\/1\.1 4/);
  });

  it('with 2,500 headers is refused', async () => {
    const raw = await RawSocket.open(port());
    const headers = Array.from({ length: 2_500 }, (_, index) => `x-${index}: ${index}`).join('\r\n');
    raw.send(`GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n\r\n`);
    await raw.closed(CUT_MS);
    expect(raw.received).toMatch(/^HTTP\/1\.1 4/);
  });

  it('with endless headers is cut', async () => {
    const silent = await RawSocket.open(port());
    const slow = await RawSocket.open(port());
    slow.send('GET /ws HTTP/1.1\r\nHost: a\r\n');
    const drip = setInterval(() => {
      slow.send('x-more: 1\r\n');
    }, 500);
    try {
      await Promise.all([silent.closed(CUT_MS), slow.closed(CUT_MS)]);
    } finally {
      clearInterval(drip);
    }
  });
});

/** The head of a text frame of this many bytes, and the bytes. */
function largeFrame(bytes: number): Buffer {
  const head = Buffer.alloc(14);
  head[0] = TEXT;
  head[1] = 0x80 | 127;
  head.writeUInt32BE(bytes, 6);
  return Buffer.concat([head, Buffer.alloc(bytes, ' ')]);
}

describe('A client that violates the WebSocket protocol', () => {
  const heartbeat = Buffer.from('{"event":"heartbeat"}');

  it.each([
    ['sets a reserved bit', rawFrame(TEXT | 0x40, heartbeat), PROTOCOL_ERROR],
    ['uses an opcode that does not exist', rawFrame(0x83, heartbeat), PROTOCOL_ERROR],
    ['does not mask', rawFrame(TEXT, heartbeat, false), PROTOCOL_ERROR],
    ['continues what it did not begin', rawFrame(0x80, heartbeat), PROTOCOL_ERROR],
    ['sends no UTF-8', rawFrame(TEXT, Buffer.from([0xff, 0xfe])), BAD_TEXT],
    ['closes with a code that is reserved', rawFrame(0x88, Buffer.from([0x03, 0xed])), PROTOCOL_ERROR],
    ['sends a frame of 64 KiB and a byte', largeFrame(LIMITS.frameBytes + 1), TOO_LARGE],
    ['sends a ping that is too long', rawFrame(0x89, Buffer.alloc(126)), PROTOCOL_ERROR],
  ])('(%s) is closed with the code of RFC 6455', async (_, bytes, code) => {
    const raw = await RawSocket.upgraded(port());
    raw.send(bytes);
    await raw.closed(CUT_MS);
    expect(raw.closeCode).toBe(code);
  });

  it('(endless fragments of one byte) is closed with 1008', async () => {
    const raw = await RawSocket.upgraded(port());
    raw.send(rawFrame(0x01, Buffer.from('{')));
    for (let n = 0; n < 5_000; n += 1) raw.send(rawFrame(0x00, Buffer.from(' ')));
    await raw.closed(CUT_MS);
    expect(raw.closeCode).toBe(TOO_MANY_FRAGMENTS);
  });
});

/** Before and after register: 2,000 by default, 10,000 in `npm run test:faults`. */
const FRAMES = Number(process.env['WR_TEST_FRAMES'] ?? 2_000);
/** The memory at the end may be this many times the memory after a fifth of the frames. */
const GROWTH = 1.3;

/** Part of the name of the suite, so that a failure can be reproduced. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`Frames of all kinds (FUZZ_SEED=${SEED})`, () => {
  const names = ['register', 'contacts', 'call', 'accept', 'reject', 'signal', 'established', 'hangup', 'heartbeat'];
  const fields = [
    'license_key',
    'device_id',
    'peer_id',
    'call_id',
    'contacts',
    'add',
    'remove',
    'reason',
    'signal',
    'ack',
  ];
  const field = fc.constantFrom(...fields, '__proto__', 'constructor', 'toString');
  const value = fc.oneof(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('call-of-mallory', 'peer-of-mallory', []));
  const data = fc.oneof(fc.dictionary(field, value, { maxKeys: 6 }), fc.jsonValue());
  const event = fc.oneof(fc.constantFrom(...names), fc.string());
  const object = fc.record({ event, data, ref: fc.oneof(fc.string(), fc.jsonValue()) }, { requiredKeys: [] });
  const text = object.map((frame) => JSON.stringify(frame));
  const cut = fc.tuple(text, fc.nat(), fc.nat(), fc.string()).map(([frame, from, length, more]) => {
    const start = from % (frame.length + 1);
    return frame.slice(0, start) + more + frame.slice(start + (length % 8));
  });
  const deep = fc.nat(30_000).map((depth) => `{"event":"signal","data":${'['.repeat(depth)}${']'.repeat(depth)}}`);
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
  const anything = fc.oneof({ weight: 6, arbitrary: fc.oneof(text, cut) }, fc.string(), bytes, {
    weight: 1,
    arbitrary: deep,
  });

  it.each(['before', 'after'])('never affect the gateway or other clients, %s register', async (when) => {
    const others = await Promise.all([cluster.peer('one'), cluster.peer('two')]);
    const call_id = await cluster.call(others[0], others[1]);
    const frames = fc.sample(anything, { numRuns: FRAMES, seed: SEED });
    let mallory = await cluster.connect('mallory');
    let warmKiB = 0;
    if (when === 'after') await mallory.join();
    for (const [index, frame] of frames.entries()) {
      if (mallory.socket.readyState !== mallory.socket.OPEN) {
        mallory = await cluster.connect('mallory');
        if (when === 'after') await mallory.join();
      }
      mallory.sendRaw(frame);
      if (index === Math.floor(FRAMES / 5)) warmKiB = await residentKiB();
      // All frames must be handled: wait for the server now and then. A close is an answer too.
      if (index % 10 === 9) await mallory.roundTrip().catch(() => undefined);
    }
    // Refusals of register close the connection; every other frame is answered.
    if (when === 'after') await mallory.roundTrip();
    expect(await others[0].ask('signal', { call_id, signal: {} })).toMatchObject({ event: 'ack' });
    await others[1].next('signal');
    await others[0].expectNothing('ring', 'hangup', 'signal', 'error');
    await others[1].expectNothing('ring', 'hangup', 'signal', 'error');
    const growth = (await residentKiB()) / warmKiB;
    expect(growth).toBeLessThan(GROWTH);
    reportFigure(`random and mutated frames ${when} register`, frames.length, '', { exactly: FRAMES });
    reportFigure('resident memory, of that after a fifth', growth, 'times', { atMost: GROWTH });
  });

  async function residentKiB(): Promise<number> {
    const status = await readFile(`/proc/${cluster.gateway(0).pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]);
  }
});
