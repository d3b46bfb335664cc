import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';
import { FaultProxy } from './fault-proxy.js';
import { within } from './within.js';

/** A server that echoes everything, and the proxy in front of it. */
let echo: Server;
let accepted: Socket[];
let proxy: FaultProxy;

beforeEach(async () => {
  accepted = [];
  echo = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => socket.write(bytes));
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await FaultProxy.start({ port: (echo.address() as AddressInfo).port });
});

afterEach(async () => {
  await proxy.stop();
  for (const socket of accepted) socket.destroy();
  echo.close();
});

async function open(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  return socket;
}

/** Sends a word and resolves with the answer. */
async function said(socket: Socket, word: string): Promise<string> {
  socket.write(word);
  const [bytes] = (await within('an echo', 10_000, once(socket, 'data'))) as [Buffer];
  return bytes.toString();
}

/** Resolves once the socket is closed, for whatever reason. */
function closed(socket: Socket): Promise<void> {
  return within(
    'the socket is closed',
    10_000,
    new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    }),
  );
}

describe('FaultProxy', () => {
  it('relays everything, both ways, and closes when either side ends', async () => {
    const socket = await open();
    expect(await said(socket, 'hello')).toBe('hello');
    socket.end();
    await closed(socket);
    expect(accepted[0]?.readableEnded).toBe(true);
  });

  it('delays the data', async () => {
    const socket = await open();
    proxy.latency(40);
    const start = performance.now();
    expect(await said(socket, 'hello')).toBe('hello');
    expect(performance.now() - start).toBeGreaterThanOrEqual(75);
    socket.destroy();
  });

  it('delays lost data until it is sent again, and what comes behind it', async () => {
    const socket = await open();
    const losses = [0, 1, 1, 1];
    proxy.lossy(10, 0.5, () => losses.shift() ?? 1);
    const start = performance.now();
    socket.write('lost');
    await sleep(20);
    expect(await said(socket, ' and late')).toMatch(/^lost/);
    expect(performance.now() - start).toBeGreaterThanOrEqual(235);
    socket.destroy();
  });

  it('limits the bytes a second of a slow line', async () => {
    const socket = await open();
    proxy.slow(1_000);
    const start = performance.now();
    await said(socket, 'x'.repeat(50));
    expect(performance.now() - start).toBeGreaterThanOrEqual(95);
    socket.destroy();
  });

  it('loses all data in a black hole, and keeps connections open', async () => {
    const [before, after] = [await open(), await open()];
    await said(before, 'hello');
    proxy.blackhole();
    const late = await open();
    await eventually('the proxy has it, too', () => proxy.connections === 3);
    before.write('lost');
    late.write('lost');
    proxy.pass();
    // The round trip of an intact connection comes after the loss.
    const sound = await open();
    await said(sound, 'hello');
    expect([before.destroyed, after.destroyed, late.destroyed]).toEqual([false, false, false]);
    expect(before.bytesRead + late.bytesRead).toBe('hello'.length);
    for (const socket of [before, after, late, sound]) socket.destroy();
  });

  it('freezes only the connections that reach the target from the named ports', async () => {
    const [frozen, other] = [await open(), await open()];
    for (const socket of [frozen, other]) await said(socket, 'hello');
    proxy.freeze(new Set([accepted[0]?.remotePort ?? 0]));
    frozen.write('lost');
    await said(other, 'again');
    expect([frozen.bytesRead, other.bytesRead]).toEqual(['hello'.length, 'helloagain'.length]);
    for (const socket of [frozen, other]) socket.destroy();
  });

  it('resets open connections and new ones', async () => {
    const socket = await open();
    await said(socket, 'hello');
    proxy.reset();
    await closed(socket);
    const late = connect(proxy.port, '127.0.0.1');
    late.on('error', () => undefined);
    await closed(late);
    proxy.pass();
    const sound = await open();
    expect(await said(sound, 'again')).toBe('again');
    sound.destroy();
  });

  it('survives a client that is gone when delayed data reaches it', async () => {
    const socket = await open();
    await said(socket, 'hello');
    proxy.latency(50);
    const [left] = accepted;
    // Two pieces: the first one finds the socket closed, the second one fails. No event shows that the proxy has read one.
    left?.write('late');
    await sleep(20);
    left?.write('later');
    await sleep(20);
    socket.destroy();
    await eventually('the connection is gone', () => proxy.connections === 0);
    proxy.pass();
    const sound = await open();
    expect(await said(sound, 'again')).toBe('again');
    sound.destroy();
  });

  it('leaves the target with a half-open connection', async () => {
    const socket = await open();
    await said(socket, 'hello');
    proxy.halfOpen();
    await closed(socket);
    const [left] = accepted;
    left?.write('this is lost');
    const sound = await open();
    await said(sound, 'hello');
    expect([left?.destroyed, left?.readableEnded]).toEqual([false, false]);
    sound.destroy();
  });
});
