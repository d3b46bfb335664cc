import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { PeerId } from '@white-rabbit/protocol';
import { eventually } from '@white-rabbit/testing';
import type { Route } from '@white-rabbit/signaling';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

let node: TestNode;

beforeEach(async () => {
  node = await startNode();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const CALL = 'call-0001';
const names = (count: number, from = 0) => Array.from({ length: count }, (_, n) => `peer-number-${from + n}`);

/** Two peers in an active call. */
async function activeCall() {
  const alice = await node.join('peer-alice');
  const bob = await node.join('peer-bobby');
  alice.socket.says('call', { peer_id: 'peer-bobby', call_id: CALL });
  await settled();
  bob.socket.says('accept', { call_id: CALL });
  await settled();
  return [alice, bob] as const;
}

describe('A frame beyond the byte limit of its connection', () => {
  beforeEach(() => {
    // Time passes at a tenth of its pace, so that a slow machine adds no tokens.
    const now = performance.now.bind(performance);
    const startMs = now();
    jest.spyOn(performance, 'now').mockImplementation(() => startMs + (now() - startMs) / 10);
  });
  const filling = 'x'.repeat(60_000);

  it('is answered rate_limited with the event and ref from its edges, and is not decoded', async () => {
    const { socket } = node.connect();
    for (let n = 0; n < 2; n += 1) socket.says('heartbeat', { ack: true, filling });
    await eventually('they are handled', () => node.events.length === 2);
    const parse = jest.spyOn(JSON, 'parse');
    socket.emit('message', Buffer.from(`{"event":"call","data":{"filling":"${filling}"},"ref":"r1"}`), false);
    socket.emit('message', Buffer.from(`{"event":"call","ref":"r2","data":{"filling":"${filling}"}}`), false);
    socket.emit('message', Buffer.from(`{"data":{"filling":"${filling}"},"event":"call","x":1}`), false);
    socket.emit('message', Buffer.alloc(60_000), true);
    // The fake socket decodes the frames that it is sent, but the gateway decodes none of those that it has sent.
    for (const [text] of parse.mock.calls) expect(text.length).toBeLessThan(1_000);
    const data = { code: 'rate_limited', retry_after_ms: expect.any(Number) };
    expect(socket.take()).toMatchObject([
      { event: 'error', data: { ...data, event: 'call' }, ref: 'r1' },
      { event: 'error', data: { ...data, event: 'call' }, ref: 'r2' },
      { event: 'error', data: { ...data, event: '' } },
      { event: 'error', data: { ...data, event: '' } },
    ]);
    expect(socket.closes).toEqual([]);
    expect(node.events).toEqual(['heartbeat', 'heartbeat']);
  });

  it('closes the connection with 4003 if it is the register', () => {
    const { socket } = node.connect();
    for (let n = 0; n < 2; n += 1) socket.says('heartbeat', { ack: true, filling });
    socket.says('register', { ...identity('peer-alice'), filling }, 'r1');
    expect(socket.take()).toMatchObject([{ data: { code: 'rate_limited', event: 'register' }, ref: 'r1' }]);
    expect(socket.closeCodes).toEqual([4003]);
  });
});

describe('A flood of signals in one read', () => {
  it('has the first 300 relayed, then 100 answered rate_limited with their ref, in order, and is closed with 4003', async () => {
    const [alice, bob] = await activeCall();
    [alice, bob].forEach(({ socket }) => socket.take());
    // No tokens are added while a slow machine runs the test.
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now);
    for (let n = 0; n < 2_000; n += 1) {
      alice.socket.emit(
        'message',
        Buffer.from(`{"data":{"call_id":"${CALL}","signal":{"n":${n}}},"event":"signal","ref":"s${n}"}`),
        false,
      );
    }
    jest.spyOn(performance, 'now').mockRestore();
    await eventually('the session is closed', () => alice.socket.closeCodes.length === 1);
    expect(alice.socket.closeCodes).toEqual([4003]);
    expect(bob.socket.take().map(({ event }) => event)).toEqual([
      ...Array.from({ length: 300 }, () => 'signal'),
      'hangup',
    ]);
    const answers = alice.socket.take();
    expect(answers.map(({ ref }) => ref)).toEqual(Array.from({ length: 400 }, (_, n) => `s${n}`));
    expect(answers.slice(300)).toMatchObject(
      Array.from({ length: 100 }, () => ({ data: { code: 'rate_limited', event: 'signal', call_id: CALL } })),
    );
  });
});

describe('Bursts within the limits', () => {
  it('of 300 signals of 3 KB and 50 events behind a slow call lose nothing and keep their order', async () => {
    const [alice, bob] = await activeCall();
    const found = Promise.withResolvers<ReadonlyMap<PeerId, Route>>();
    node.engines.routes.find = () => found.promise;
    // A minute later, the tokens that the set-up of the test took are available again.
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
    [alice, bob].forEach(({ socket }) => socket.take());
    const sdp = 'x'.repeat(3_000);
    alice.socket.says('call', { peer_id: 'peer-carol', call_id: 'call-0002' }, 'slow');
    for (let n = 0; n < 300; n += 1) {
      alice.socket.says('signal', { call_id: CALL, signal: { n, sdp } }, `s${n}`);
      if (n % 6 === 0 && n < 49 * 6) alice.socket.says('heartbeat', {}, `h${n}`);
    }
    expect(alice.connection.waitingFrames).toBe(349);
    expect(alice.socket.isHeldBack).toBe(true);
    expect(alice.socket.take()).toEqual([]);
    found.resolve(new Map());
    await eventually('all frames are answered', () => alice.socket.received.length === 350);
    const heard = bob.socket.take().map(({ data }) => (data['signal'] as { n: number }).n);
    expect(heard).toEqual(Array.from({ length: 300 }, (_, n) => n));
    const answers = alice.socket.take();
    expect(answers[0]).toMatchObject({ data: { code: 'peer_offline' }, ref: 'slow' });
    expect(answers.filter(({ event }) => event === 'ack').map(({ ref }) => ref)).toEqual(heard.map((n) => `s${n}`));
    expect(answers.filter(({ event }) => event === 'heartbeat')).toHaveLength(49);
    expect(answers).toHaveLength(350);
    expect([alice.connection.waitingFrames, alice.socket.isHeldBack]).toEqual([0, false]);
  });

  it('of other connections do not delay a connection that sends little', async () => {
    const order: string[] = [];
    const loud = await Promise.all(['peer-loud1', 'peer-loud2'].map((peer) => node.join(peer)));
    const quiet = await node.join('peer-quiet');
    const filling = 'x'.repeat(60_000);
    for (const [index, { socket }] of [...loud, quiet].entries()) {
      const send = socket.sendText.bind(socket);
      socket.sendText = (text) => {
        order.push(index === 2 ? 'quiet' : 'loud');
        send(text);
      };
    }
    for (const { socket } of loud)
      for (let n = 0; n < 20; n += 1) socket.says('signal', { call_id: CALL, signal: { filling } });
    quiet.socket.says('heartbeat', {});
    await eventually('all frames are answered', () => order.length === 41);
    expect(order[0]).toBe('quiet');
  });
});

describe('A list of contacts', () => {
  const tooMany = names(3_000);

  /** Counts the names that are checked against their pattern from now on. */
  function looks(): () => number {
    const test = jest.spyOn(RegExp.prototype, 'test');
    return () => test.mock.calls.filter(([text]) => text.startsWith('peer-number-')).length;
  }

  it.each(['add', 'remove'])(
    'with more names than the limit in %s is refused before its names are checked',
    async (list) => {
      const { socket } = await node.join('peer-alice');
      const looked = looks();
      socket.says('contacts', { [list]: [...tooMany, 'no name'] }, 'r1');
      await eventually('it is answered', () => socket.received.length === 1);
      expect(socket.take()).toMatchObject([{ data: { code: 'contacts_limit', event: 'contacts' }, ref: 'r1' }]);
      expect(looked()).toBe(0);
      socket.says('contacts', { [list]: names(3) }, 'r2');
      await eventually('the others are answered', () => socket.received.length === 1);
      expect(looked()).toBeGreaterThanOrEqual(3);
    },
  );

  it('with more names than the limit in register is refused before its names are checked, and the socket stays open', async () => {
    const { socket } = node.connect();
    const looked = looks();
    socket.says('register', identity('peer-alice', [...tooMany, 'no name']), 'r1');
    await eventually('it is answered', () => socket.received.length === 1);
    expect(socket.take()).toMatchObject([{ data: { code: 'contacts_limit', event: 'register' }, ref: 'r1' }]);
    expect(looked()).toBe(0);
    expect(socket.closes).toEqual([]);
    socket.says('register', identity('peer-alice', names(2)), 'r2');
    await eventually('it is answered', () => socket.received.length === 2);
    expect(socket.take()).toMatchObject([{ event: 'registered', ref: 'r2' }, { event: 'presence' }]);
  });

  it('counts a name that occurs twice once', async () => {
    const { socket } = await node.join('peer-alice');
    socket.says('contacts', { add: [...names(1_000), ...names(1_000)] }, 'r1');
    await eventually('it is answered', () => socket.received.length === 1);
    const [answer] = socket.take();
    expect(answer?.data['peers']).toHaveLength(1_000);
  });

  it('is accepted in register and once more at once; beyond that 50 names per second are accepted', async () => {
    const { socket } = await node.join('peer-alice', names(1_000));
    socket.says('contacts', { add: names(1_000) }, 'r1');
    socket.says('contacts', { add: names(500), remove: names(1_000) }, 'r2');
    socket.says('contacts', { remove: names(1_000) }, 'r3');
    await eventually('they are answered', () => socket.received.length === 3);
    const answers = socket.take();
    expect(answers.map(({ ref }) => ref)).toEqual(['r1', 'r2', 'r3']);
    expect(answers[0]).toMatchObject({ event: 'presence' });
    const waitMs = Number(answers[1]?.data['retry_after_ms']);
    expect(answers[1]?.data).toMatchObject({ code: 'rate_limited', event: 'contacts' });
    expect([waitMs > 9_000, waitMs <= 10_000]).toEqual([true, true]);
    expect(answers[2]).toMatchObject({ event: 'presence', data: { peers: [] } });
  });
});
