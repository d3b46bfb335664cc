import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ALICE, onlineAlice } from '../test/alice.js';
import { fakeTimers, pass, settle } from '../test/fake-timers.js';
import { FakeSocket } from '../test/fake-socket.js';
import { connect, type ConnectionState } from './index.js';

beforeEach(() => {
  fakeTimers();
  FakeSocket.reset();
  // The longest back-off.
  jest.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

describe('A client that connects', () => {
  it('offers the subprotocol and registers with its license, identity and contacts', () => {
    const client = connect({ ...ALICE, contacts: ['peer-bob', 'peer-carol'] });
    const socket = FakeSocket.last.open();
    expect([socket.url, socket.offered]).toEqual(['wss://one.example/ws', ['white-rabbit.v1']]);
    expect(socket.lastOf('register').data).toEqual({
      license_key: 'WR1-KEY',
      device_id: 'device-alice',
      peer_id: 'peer-alice',
      contacts: ['peer-bob', 'peer-carol'],
    });
    expect(client.state).toEqual({ name: 'connecting' });
    client.close();
  });

  it('asks for a transfer until it is registered, and never on an automatic reconnect', async () => {
    const client = connect({ ...ALICE, transfer: true });
    FakeSocket.last.open().end(1006);
    await pass(10_000);
    FakeSocket.last.register().end(1006);
    await pass(10_000);
    FakeSocket.last.open();
    const asked = FakeSocket.all.map((socket) => socket.lastOf('register').data['transfer']);
    expect(asked).toEqual([true, true, undefined]);
    client.close();
  });

  it.each([
    ['wss://one.example', 'wss://one.example/ws'],
    ['ws://127.0.0.1:8080/', 'ws://127.0.0.1:8080/ws'],
    ['wss://one.example/other?x=1#y', 'wss://one.example/other?x=1'],
  ])('adds the default path to an address without a path: %s', (url, opened) => {
    connect({ ...ALICE, url }).close();
    expect(FakeSocket.last.url).toBe(opened);
  });

  it.each(['', 'one.example', 'https://one.example/ws'])("throws at once if '%s' is not an address", (url) => {
    expect(() => connect({ ...ALICE, url })).toThrow('The url must begin with wss://');
  });

  it('throws at once if it has no address', () => {
    expect(() => connect({ ...ALICE, url: [] })).toThrow('at least one url');
  });

  it('is online once registered, and resolves online()', async () => {
    const { client, server } = onlineAlice();
    expect(client.state).toEqual({ name: 'online' });
    expect(await client.online()).toEqual({ ok: true });
    client.close();
    expect([server.closedWith, client.state.name]).toEqual([1000, 'ended']);
    expect(await client.online()).toMatchObject({ ok: false, code: 'disconnected' });
  });

  it('gives up a server that does not answer register in time', async () => {
    const client = connect(ALICE);
    const online = client.online(20_000);
    FakeSocket.last.open();
    await pass(15_000);
    expect(client.state).toMatchObject({ name: 'waiting', why: { code: 1006 } });
    expect(FakeSocket.last.closedWith).toBeDefined();
    await pass(5_000);
    expect(await online).toMatchObject({ ok: false, code: 'no_answer' });
    client.close();
  });
});

describe('A client that lost its connection', () => {
  it('reconnects with growing back-offs and registers with its current contacts', async () => {
    const { client } = onlineAlice({ contacts: ['peer-bob'] });
    void client.addContacts(['peer-carol']);
    await pass(10_000);
    const pauses: number[] = [];
    for (let failures = 0; failures < 8; failures += 1) {
      FakeSocket.last.end(1006);
      if (client.state.name === 'waiting') pauses.push(client.state.retryInMs);
      await pass(pauses.at(-1) ?? 0);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(FakeSocket.last.register().lastOf('register').data['contacts']).toEqual(['peer-bob', 'peer-carol']);
    expect(client.state.name).toBe('online');
    client.close();
  });

  it('resets the back-off after a stable connection', async () => {
    const { client } = onlineAlice();
    FakeSocket.last.end(1006);
    expect(client.state).toMatchObject({ name: 'waiting', retryInMs: 1_000 });
    await pass(1_000);
    FakeSocket.last.register();
    await pass(10_000);
    FakeSocket.last.end(1006);
    expect(client.state).toMatchObject({ name: 'waiting', retryInMs: 500 });
    client.close();
  });

  it('tries the addresses in order, and starts with the first again after a stable connection', async () => {
    const url = ['wss://one.example/ws', 'wss://two.example/ws'];
    const client = connect({ ...ALICE, url });
    FakeSocket.last.end(1006);
    await pass(500);
    // The back-off grows only after all addresses have failed.
    FakeSocket.last.end(1006);
    expect(client.state).toMatchObject({ retryInMs: 1_000 });
    await pass(1_000);
    FakeSocket.last.end(1006);
    await pass(1_000);
    FakeSocket.last.register();
    await pass(10_000);
    FakeSocket.last.end(1006);
    await pass(500);
    const hosts = FakeSocket.all.map((socket) => new URL(socket.url).hostname.split('.')[0]);
    expect(hosts).toEqual(['one', 'two', 'one', 'two', 'one']);
    client.close();
  });

  it('tries the next address if the runtime refuses to open a socket to one', async () => {
    class StrictSocket extends FakeSocket {
      constructor(url: string, protocols: readonly string[]) {
        if (url.startsWith('ws:')) throw new Error('An insecure connection may not be made here.');
        super(url, protocols);
      }
    }
    const url = ['ws://one.example/ws', 'wss://two.example/ws'];
    const client = connect({ ...ALICE, url, webSocket: StrictSocket });
    expect(client.state).toMatchObject({
      name: 'waiting',
      why: { code: 1006, reason: 'An insecure connection may not be made here.' },
    });
    await pass(500);
    FakeSocket.last.register();
    expect([FakeSocket.last.url, client.state.name]).toEqual(['wss://two.example/ws', 'online']);
    client.close();
  });

  it('tries another address first after 1012, and the first one after any other loss of a stable connection', async () => {
    const url = ['wss://one.example/ws', 'wss://two.example/ws'];
    const { client } = onlineAlice({ url });
    await pass(10_000);
    FakeSocket.last.end(1012);
    await pass(0);
    expect(FakeSocket.last.url).toBe('wss://two.example/ws');
    FakeSocket.last.register();
    await pass(10_000);
    FakeSocket.last.end(1006);
    await pass(500);
    expect(FakeSocket.last.url).toBe('wss://one.example/ws');
    client.close();
  });

  it('reconnects at once after 1012, and with a back-off if 1012 repeats', async () => {
    const { client } = onlineAlice();
    await pass(10_000);
    FakeSocket.last.end(1012);
    expect(client.state).toMatchObject({ name: 'waiting', retryInMs: 0 });
    await settle();
    FakeSocket.last.register().end(1012);
    expect(client.state).toMatchObject({ name: 'waiting', retryInMs: 1_000 });
    client.close();
  });

  it('never reconnects before the retry_after_ms of the server', async () => {
    const { client } = onlineAlice();
    await pass(10_000);
    FakeSocket.last.end(4004, 'retry_after_ms=7000');
    expect(client.state).toMatchObject({ retryInMs: 7_500 });
    await pass(7_499);
    expect(FakeSocket.all).toHaveLength(1);
    await pass(1);
    expect(FakeSocket.all).toHaveLength(2);
    client.close();
  });

  it.each([4500, 4501, 4502, 4503])('never reconnects after %i, and sends nothing', async (code) => {
    const { client, server } = onlineAlice();
    const before = server.sent.length;
    server.end(code);
    expect(client.state).toMatchObject({ name: 'ended', why: { code } });
    expect(await client.call('peer-bob').answered).toBe('disconnected');
    expect(await client.addContacts(['peer-bob'])).toMatchObject({ code: 'disconnected' });
    await pass(600_000);
    expect([FakeSocket.all.length, server.sent.length]).toEqual([1, before]);
  });

  it('reports the error code with which the server refused register', async () => {
    const client = connect(ALICE);
    const online = client.online();
    const server = FakeSocket.last.open();
    server.say('error', { code: 'license_revoked', message: 'This license was revoked.', event: 'register' });
    server.end(4501, 'license refused');
    expect(client.state).toMatchObject({ name: 'ended', why: { code: 4501, error: 'license_revoked' } });
    expect(await online).toEqual({ ok: false, code: 'license_revoked', message: 'This license was revoked.' });
  });

  it('does not reconnect after close() in a listener of its state', async () => {
    const { client, server } = onlineAlice();
    client.on('state', ({ name }) => name === 'connecting' && client.close());
    server.end(1006);
    await pass(60_000);
    expect([client.state.name, FakeSocket.all.length, jest.getTimerCount()]).toEqual(['ended', 1, 0]);
  });

  it('does not reconnect after close()', async () => {
    const { client, server } = onlineAlice();
    const states: ConnectionState['name'][] = [];
    client.on('state', ({ name }) => states.push(name));
    server.end(1006);
    client.close();
    client.close();
    await pass(60_000);
    expect(states).toEqual(['waiting', 'ended']);
    expect([FakeSocket.all.length, jest.getTimerCount()]).toEqual([1, 0]);
  });
});

describe('A client of a silent server', () => {
  it('gets 3 s for its answer from the first request that got none', async () => {
    const { client, server } = onlineAlice();
    void client.removeContacts(['peer-bob']);
    await pass(2_000);
    void client.removeContacts(['peer-bob']);
    await pass(6_000);
    expect(server.countOf('heartbeat')).toBe(1);
    await pass(3_000);
    expect(client.state.name).toBe('waiting');
    client.close();
  });

  it('sends a heartbeat after 30 s and drops the connection after 60 s', async () => {
    const { client, server } = onlineAlice();
    await pass(29_999);
    expect(server.countOf('heartbeat')).toBe(0);
    await pass(1);
    expect(server.lastOf('heartbeat').data).toEqual({});
    await pass(29_999);
    expect(client.state.name).toBe('online');
    await pass(1);
    expect(client.state).toMatchObject({ name: 'waiting', why: { code: 1006 } });
    // A later frame of the server is ignored.
    server.say('ring', { call_id: 'call-0001', peer_id: 'peer-bob' });
    server.end(1006);
    await pass(1_000);
    expect(FakeSocket.all).toHaveLength(2);
    client.close();
  });

  it('keeps the connection while frames arrive', async () => {
    const { client, server } = onlineAlice();
    for (let times = 0; times < 10; times += 1) {
      await pass(45_000);
      server.say('heartbeat', { ack: true });
    }
    expect(client.state.name).toBe('online');
    client.close();
  });

  it('answers heartbeats of the server, and does not answer acks', async () => {
    const { client, server } = onlineAlice();
    server.say('heartbeat', { ack: false });
    server.say('heartbeat', { ack: true });
    await settle();
    expect(server.sent.filter(({ event }) => event === 'heartbeat').map(({ data }) => data)).toEqual([{ ack: true }]);
    client.close();
  });
});

describe('A frame of the server', () => {
  it('is ignored if this version does not know it', () => {
    const { client, server } = onlineAlice();
    for (const text of ['', '{', '[]', '{"event":"wink","data":{}}', '{"event":"ring","data":{}}']) server.text(text);
    server.text(new ArrayBuffer(8));
    expect(client.state.name).toBe('online');
    client.close();
  });
});
