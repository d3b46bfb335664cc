import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DONE, type Outcome } from '../outcome.js';
import { PeerKey } from '../peer-key.js';
import { SealedSignals, type SealFault } from './sealed-signals.js';
import type { Role, SealedCall } from './seal-key.js';

/** What a relay between the two sides does with the signals of one sender, in order. */
type Relay = (signals: readonly object[]) => readonly object[];

/** One side of a call; what it sends is kept until the test relays it. */
class Side {
  readonly opened: object[] = [];
  readonly faults: SealFault[] = [];
  readonly outcomes: Outcome[] = [];
  fingerprint: string | undefined;
  sent: object[] = [];
  readonly signals: SealedSignals;

  constructor(key: PeerKey, call: SealedCall, role: Role) {
    this.signals = new SealedSignals(key, call, role, {
      send: (signal) => {
        this.sent.push(signal);
        return Promise.resolve(DONE);
      },
      onSignal: (signal) => this.opened.push(signal),
      onVerified: (fingerprint) => (this.fingerprint = fingerprint),
      onFault: (fault) => this.faults.push(fault),
    });
  }

  /** Waits until this many signals were sent. */
  async has(count: number): Promise<void> {
    while (this.sent.length < count) await turn();
  }

  async giveTo(other: Side, relay: Relay = (signals) => signals): Promise<void> {
    // Through JSON, as on the wire.
    const texts = relay(this.sent.splice(0)).map((signal) => JSON.stringify(signal));
    await Promise.all(texts.map((text) => other.signals.take(JSON.parse(text) as object)));
  }
}

/** A turn of the event loop; WebCrypto resolves in one of the next. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

let keys: readonly PeerKey[];
let caller: Side;
let callee: Side;
const sides: Side[] = [];

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick', 'performance', 'Date'] });
  keys = [await PeerKey.generate(), await PeerKey.generate(), await PeerKey.generate()];
  [caller, callee] = newCall('call-0001');
});
afterEach(() => {
  for (const side of sides.splice(0)) side.signals.stop();
  expect(jest.getTimerCount()).toBe(0);
  jest.useRealTimers();
});

function keyOf(index: number): PeerKey {
  const key = keys[index];
  if (!key) throw new Error('There is no such key.');
  return key;
}

function newCall(callId: string): [Side, Side] {
  const call = { callId, caller: keyOf(0).peerId, callee: keyOf(1).peerId };
  const made: [Side, Side] = [new Side(keyOf(0), call, 'caller'), new Side(keyOf(1), call, 'callee')];
  sides.push(...made);
  return made;
}

/** Both sides have each other's key. */
async function agree(): Promise<void> {
  await Promise.all([caller.has(1), callee.has(1)]);
  await callee.giveTo(caller);
  await caller.giveTo(callee);
}

const signal = (n: number) => ({ candidates: [n] });

describe('The signals of a sealed call', () => {
  it('arrive in order in both directions, and nothing of them can be read on the way', async () => {
    const outcomes = [1, 2, 3].map((n) => caller.signals.send(signal(n)));
    await agree();
    await caller.has(3);
    expect(JSON.stringify(caller.sent)).not.toContain('candidates');
    await caller.giveTo(callee);
    void callee.signals.send(signal(4));
    await callee.has(1);
    await callee.giveTo(caller);
    expect([callee.opened, caller.opened]).toEqual([[1, 2, 3].map(signal), [signal(4)]]);
    expect(await Promise.all(outcomes)).toEqual([DONE, DONE, DONE]);
    expect([caller.faults, callee.faults]).toEqual([[], []]);
  });

  it('have one fingerprint, which both sides know from then on', async () => {
    expect([caller.fingerprint, callee.fingerprint]).toEqual([undefined, undefined]);
    await agree();
    expect(caller.fingerprint).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(callee.fingerprint).toBe(caller.fingerprint);
  });

  it('wait for the key of the other side, and are handed over in order before a request that follows', async () => {
    void caller.signals.send(signal(1));
    await caller.has(1);
    let isOver = false;
    const over = caller.signals.handedOver().then(() => (isOver = true));
    await turn();
    expect([isOver, caller.sent]).toEqual([false, [{ seal: expect.anything() }]]);
    await callee.has(1);
    await callee.giveTo(caller);
    await over;
    expect(caller.sent).toHaveLength(2);
  });

  it('fit into a frame up to 48,000 bytes, and a longer one is not sent and does not break the next', async () => {
    await agree();
    const longest = { sdp: 'x'.repeat(48_000) };
    void callee.signals.send(longest);
    expect(await callee.signals.send({ sdp: 'x'.repeat(49_000) })).toMatchObject({ code: 'signal_too_long' });
    await callee.signals.send(signal(1));
    const frame = { event: 'signal', ref: '1'.repeat(10), data: { call_id: 'c'.repeat(64), signal: callee.sent[0] } };
    expect(JSON.stringify(frame).length).toBeLessThan(65_536);
    await callee.giveTo(caller);
    expect(caller.opened).toEqual([longest, signal(1)]);
  });

  it('are sent behind one that JSON cannot represent', async () => {
    expect(() => caller.signals.send({ big: 1n })).toThrow(TypeError);
    await agree();
    expect(await caller.signals.send(signal(1))).toEqual(DONE);
  });

  it('are not sent any more after the call has ended without the key of the other side', async () => {
    const outcome = caller.signals.send(signal(1));
    caller.signals.stop();
    expect(await outcome).toMatchObject({ ok: false });
  });
});

describe('A side of a sealed call', () => {
  /** Changes one character of a text. */
  const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const sealedOf = (one: object | undefined) => (one as { sealed: string }).sealed;

  it.each<[string, Relay, SealFault, number]>([
    ['is changed', ([a, ...more]) => [{ sealed: flip(sealedOf(a), 5) }, ...more], 'seal_broken', 0],
    ['is cut', ([a, ...more]) => [{ sealed: sealedOf(a).slice(0, -4) }, ...more], 'seal_broken', 0],
    ['is empty', ([, ...more]) => [{ sealed: '' }, ...more], 'seal_broken', 0],
    ['is repeated', ([a = {}, ...more]) => [a, a, ...more], 'seal_broken', 1],
    ['is lost', ([a = {}, , c = {}]) => [a, c], 'seal_broken', 1],
    ['comes before another', ([a = {}, b = {}, c = {}]) => [a, c, b], 'seal_broken', 1],
    ['is not sealed', ([a = {}]) => [a, { description: { type: 'offer', sdp: 'mine' } }], 'seal_missing', 1],
    ['is a second key', ([a = {}, b = {}]) => [a, { seal: { key: 'x', signature: 'y' } }, b], 'seal_missing', 1],
  ])('refuses everything from a signal on that %s', async (_, relay, fault, good) => {
    await agree();
    for (const n of [1, 2, 3]) void caller.signals.send(signal(n));
    await caller.has(3);
    await caller.giveTo(callee, relay);
    expect([callee.faults, callee.opened]).toEqual([[fault], [1, 2, 3].slice(0, good).map(signal)]);
  });

  it('refuses its own signals if they come back', async () => {
    await agree();
    void callee.signals.send(signal(1));
    await callee.has(1);
    await callee.giveTo(callee);
    expect([callee.faults, callee.opened]).toEqual([['seal_broken'], []]);
  });

  it('refuses a call whose first signal has no key', async () => {
    await caller.has(1);
    await caller.giveTo(callee, () => [{ description: { type: 'offer', sdp: 'v=0' } }]);
    expect(callee.faults).toEqual(['seal_missing']);
  });

  it('refuses a call in which no key arrives in time', async () => {
    await jest.advanceTimersByTimeAsync(9_999);
    expect(callee.faults).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(callee.faults).toEqual(['seal_missing']);
  });

  it.each<[string, (own: { key: string; signature: string }) => object]>([
    ['is changed', ({ key, signature }) => ({ key: flip(key, 5), signature })],
    ['has another signature', ({ key, signature }) => ({ key, signature: flip(signature, 5) })],
    ['has no signature', ({ key }) => ({ key, signature: '' })],
    ['is a point of low order', ({ signature }) => ({ key: 'A'.repeat(43), signature })],
  ])('refuses a key that %s', async (_, change) => {
    await caller.has(1);
    await caller.giveTo(callee, ([own]) => [
      { seal: change((own as { seal: { key: string; signature: string } }).seal) },
    ]);
    expect([callee.faults, callee.fingerprint]).toEqual([['seal_broken'], undefined]);
  });

  it('refuses its own key if it comes back', async () => {
    await callee.has(1);
    await callee.giveTo(callee);
    expect(callee.faults).toEqual(['seal_broken']);
  });

  it('refuses the key of another call, of another peer and of the other role', async () => {
    const [earlier] = newCall('call-0000');
    await earlier.has(1);
    await earlier.giveTo(callee);
    expect(callee.faults).toEqual(['seal_broken']);

    const call = { callId: 'call-0001', caller: keyOf(0).peerId, callee: keyOf(1).peerId };
    const foreign = new Side(keyOf(2), call, 'caller');
    const [, second] = newCall('call-0001');
    await foreign.has(1);
    await foreign.giveTo(second);
    expect(second.faults).toEqual(['seal_broken']);

    const turned = new Side(keyOf(0), call, 'callee');
    const [, third] = newCall('call-0001');
    await turned.has(1);
    await turned.giveTo(third);
    expect(third.faults).toEqual(['seal_broken']);
    sides.push(foreign, turned);
  });

  it('refuses a signal that its peer sealed and that is not a JSON object', async () => {
    await agree();
    // Cast: the peer itself misbehaves.
    void caller.signals.send(7 as unknown as object);
    await caller.has(1);
    await caller.giveTo(callee);
    expect([callee.faults, callee.opened]).toEqual([['seal_broken'], []]);
  });
});
