import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FrameProxy, within, type Rewrite, type RelayedFrame } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { RTCPeerConnection } from 'werift';
import { connect, createIdentity, PeerCall, PeerKey, type Call, type Client, type Identity } from '../src/index.js';
import { createSealKey, type Role } from '../src/seal/seal-key.js';

/** Two real peers connecting. Milliseconds. */
const CONNECT_MS = 30_000;
/** Longer than a client waits for the key of the other side. Milliseconds. */
const END_MS = 15_000;

const cluster = useCluster(1);
let proxy: FrameProxy;
let alice: Side;
let bob: Side;

/** A client behind the hostile gateway, and what it received from the other peer. */
interface Side {
  readonly identity: Identity;
  readonly client: Client;
  readonly texts: string[];
}

beforeEach(async () => {
  proxy = await FrameProxy.start(cluster.gateway(0).url);
  [alice, bob] = [await online(), await online()];
});
afterEach(async () => {
  for (const { client } of [alice, bob]) client.close();
  await proxy.stop();
});

async function online(): Promise<Side> {
  const identity = await createIdentity();
  const client = connect({ url: proxy.url, licenseKey: await cluster.licenseKey(), ...identity });
  expect(await client.online()).toEqual({ ok: true });
  return { identity, client, texts: [] };
}

/** Alice calls, Bob accepts, and both try to connect. */
async function connecting(): Promise<readonly [PeerCall, PeerCall, Call, Call]> {
  const ring = new Promise<Call>((resolve) => bob.client.on('ring', resolve));
  const call = alice.client.call(bob.identity.peerId);
  const incoming = await within('a ring', 10_000, ring);
  // The callee answers as soon as signals pass.
  const accepted = incoming.accept();
  expect([await call.answered, await accepted]).toEqual(['accepted', { ok: true }]);
  const [caller, callee] = [peerCall(call, alice), peerCall(incoming, bob)];
  return [caller, callee, call, incoming];
}

function peerCall(call: Call, { texts }: Side): PeerCall {
  const peer = new PeerCall(call, { createConnection: (configuration) => new RTCPeerConnection(configuration) });
  peer.on('text', (text) => texts.push(text));
  return peer;
}

const signalOf = ({ data }: RelayedFrame) => data?.['signal'] as Readonly<Record<string, unknown>>;
const withSignal = (frame: RelayedFrame, signal: object): RelayedFrame => ({
  ...frame,
  data: { ...frame.data, signal },
});

/** Rewrites the signals of one side on their way to the server. `nth` counts them: 0 is the key. */
function onSignals(of: 0 | 1, change: (frame: RelayedFrame, nth: number) => readonly RelayedFrame[]): Rewrite {
  let nth = -1;
  return (frame, { to, connection }) => {
    if (frame.event !== 'signal' || to !== 'server' || connection !== of) return [frame];
    nth += 1;
    return change(frame, nth);
  };
}

/** The first sealed signal, changed. */
const first = (change: (frame: RelayedFrame) => readonly RelayedFrame[]) => (frame: RelayedFrame, nth: number) =>
  nth === 1 ? change(frame) : [frame];

const sealedText = (frame: RelayedFrame) => String(signalOf(frame)['sealed']);

/** Changes a character in the middle, where the SDP is. */
function flipped(text: string): string {
  const at = Math.floor(text.length / 2);
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
}

/** A description of the attacker's own, with its own DTLS fingerprint. */
async function ownOffer(): Promise<{ type: string; sdp: string }> {
  const connection = new RTCPeerConnection({ iceServers: [] });
  connection.createDataChannel('chat');
  await connection.setLocalDescription();
  const { type = '', sdp = '' } = connection.localDescription ?? {};
  await connection.close();
  return { type, sdp };
}

/** Holds the first sealed signal back until the next one has passed. */
function swapped(): (frame: RelayedFrame, nth: number) => readonly RelayedFrame[] {
  let held: RelayedFrame | undefined;
  return (frame, nth) => {
    if (nth === 1) {
      held = frame;
      return [];
    }
    return nth === 2 && held ? [frame, held] : [frame];
  };
}

describe('Two peers behind a hostile gateway', () => {
  it('connect if it only reads: it sees no address and no fingerprint, and both have the same code', async () => {
    const seen: string[] = [];
    proxy.rewrite = (frame, { to }) => {
      if (to === 'server') seen.push(JSON.stringify(frame));
      return [frame];
    };
    const [caller, callee, call, incoming] = await connecting();
    const opened = await within('they are connected', CONNECT_MS, Promise.all([caller.opened, callee.opened]));
    expect(opened.map(({ ok }) => ok)).toEqual([true, true]);
    void caller.send('Curiouser and curiouser!');
    expect(await caller.close()).toEqual({ sent: 1, confirmed: 1 });
    await callee.closed;
    expect(bob.texts).toEqual(['Curiouser and curiouser!']);
    expect([call.isSealed, incoming.isSealed, call.fingerprint]).toEqual([true, true, incoming.fingerprint]);
    const signals = seen.filter((text) => text.includes('"signal"'));
    expect(signals.length).toBeGreaterThanOrEqual(4);
    // What no random base64url contains, or not in the lifetime of this test.
    expect(signals.join('\n')).not.toMatch(/candidate:|fingerprint:|description|127\.0\.0\.1| udp /i);
  });

  const ATTACKS: readonly (readonly [string, (offer: object) => Rewrite])[] = [
    [
      'changes an offer',
      () =>
        onSignals(
          0,
          first((f) => [withSignal(f, { sealed: flipped(sealedText(f)) })]),
        ),
    ],
    [
      'changes an answer',
      () =>
        onSignals(
          1,
          first((f) => [withSignal(f, { sealed: flipped(sealedText(f)) })]),
        ),
    ],
    [
      'cuts an offer',
      () =>
        onSignals(
          0,
          first((f) => [withSignal(f, { sealed: sealedText(f).slice(0, -40) })]),
        ),
    ],
    [
      'repeats an offer',
      () =>
        onSignals(
          0,
          first((f) => [f, f]),
        ),
    ],
    [
      'removes an offer',
      () =>
        onSignals(
          0,
          first(() => []),
        ),
    ],
    [
      'removes an answer',
      () =>
        onSignals(
          1,
          first(() => []),
        ),
    ],
    ['sends the signals of a caller in another order', () => onSignals(0, swapped())],
    [
      'replaces an offer by one of its own',
      (offer) =>
        onSignals(
          0,
          first((f) => [withSignal(f, { description: offer })]),
        ),
    ],
    ['removes all keys', () => (frame) => (frame.event === 'signal' && signalOf(frame)['seal'] ? [] : [frame])],
    [
      'replaces the key of the caller by an unsealed offer of its own',
      (offer) => onSignals(0, (f, nth) => (nth === 0 ? [withSignal(f, { description: offer })] : [])),
    ],
    ['sends the key of the callee back to it as the key of the caller', () => reflected()],
  ];

  it.each(ATTACKS)('hang up before a text is sent if it %s', async (_, attack) => {
    proxy.rewrite = attack(await ownOffer());
    await expectRefusal();
  });

  it('hang up before a text is sent if it puts itself between them with keys of its own', async () => {
    const own = await PeerKey.generate();
    const [aliceId, bobId] = [alice.identity.peerId, bob.identity.peerId];
    let callId = '';
    // The keys of the attacker for the call, signed by the attacker.
    const sealOf = async (role: Role) =>
      (await createSealKey(own, { callId, caller: aliceId, callee: bobId }, role)).public;
    proxy.rewrite = (frame, { to, connection, send }) => {
      if (frame.event === 'call') callId = String(frame.data?.['call_id']);
      if (frame.event !== 'signal' || to !== 'server') return [frame];
      const role = connection === 0 ? 'caller' : 'callee';
      if (signalOf(frame)['seal']) void sealOf(role).then((seal) => send('server', withSignal(frame, { seal })));
      return [];
    };
    await expectRefusal();
  });

  it('hang up before a text is sent if it repeats the signals of an earlier call', async () => {
    const earlier: object[] = [];
    proxy.rewrite = onSignals(0, (frame) => {
      earlier.push(signalOf(frame));
      return [frame];
    });
    const [caller, callee] = await connecting();
    await within('they are connected', CONNECT_MS, Promise.all([caller.opened, callee.opened]));
    await Promise.all([caller.close(), callee.close()]);
    proxy.rewrite = onSignals(0, (frame, nth) => [withSignal(frame, earlier[nth] ?? {})]);
    await expectRefusal();
  });

  /** The call ends at both sides because one of them detects the attack, and no channel opens at either. */
  async function expectRefusal(): Promise<void> {
    const [caller, callee] = await connecting();
    const ends = await within('the calls have ended', END_MS, Promise.all([caller.opened, callee.opened]));
    const reasons = ends.map((end) => (end.ok ? 'connected' : end.reason));
    expect(reasons.some((reason) => reason === 'seal_missing' || reason === 'seal_broken')).toBe(true);
    for (const reason of reasons) expect(['seal_missing', 'seal_broken', 'hangup']).toContain(reason);
    const unsent = await Promise.all([caller.send('a secret'), callee.send('a secret')]);
    expect(unsent.map(({ ok }) => ok)).toEqual([false, false]);
    expect([alice.texts, bob.texts]).toEqual([[], []]);
  }
});

/** Relays the first signal of the callee back to the callee instead of the caller's. */
function reflected(): Rewrite {
  let key: object | undefined;
  return (frame, { to, connection }) => {
    if (frame.event !== 'signal') return [frame];
    if (to === 'server' && connection === 1) key ??= signalOf(frame);
    if (to === 'client' && connection === 1) return [withSignal(frame, key ?? {})];
    return [frame];
  };
}
