import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { callId, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, refusal } from './answers.js';
import { GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

/** Every event that needs a call, with its other required data. */
const IN_A_CALL = [
  ['accept', {}],
  ['reject', {}],
  ['signal', { signal: {} }],
  ['established', {}],
  ['hangup', {}],
] as const;

async function expectGone(call_id: string, ...peers: readonly TestPeer[]): Promise<void> {
  for (const peer of peers) {
    for (const [event, more] of IN_A_CALL) {
      expect(await peer.ask(event, { call_id, ...more })).toMatchObject(refusal('call_not_found', event, { call_id }));
    }
  }
}

describe.each(PLACES)('A call $place', ({ far }) => {
  it('ends with peer_offline if its callee registers at the other gateway, and is unknown to the new session', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    const newer = await cluster.connectAs(bob.identity, 1 - far);
    await newer.join();
    expect((await alice.next('hangup')).data).toEqual({ call_id, peer_id: bob.peer_id, reason: 'peer_offline' });
    await expectGone(call_id, newer);
    await cluster.call(alice, newer);
  });

  it('that ends frees a place among the 16 calls of its callee', async () => {
    const bob = await cluster.peer('bob', { at: far });
    const callers = await Promise.all([0, 1, 0, 1].map((at) => cluster.peer('caller', { at })));
    for (let count = 0; count < LIMITS.calls; count += 1) {
      const caller = callers[count % callers.length];
      if (caller) await cluster.ring(caller, bob);
    }
    const alice = await cluster.peer('alice');
    const call_id = callId();
    const call = { peer_id: bob.peer_id, call_id };
    expect(await alice.ask('call', call)).toMatchObject(refusal('call_limit', 'call', { call_id }));
    await bob.expectNothing('ring');
    await callers[0]?.close();
    await bob.next('hangup');
    await cluster.ring(alice, bob, call_id);
  });
});

const ringOf = (peer: TestPeer, call_id: string) =>
  peer.nextWhere(`ring of ${call_id}`, ({ event, data }) => event === 'ring' && data.call_id === call_id);
const hangupOf = (peer: TestPeer, call_id: string) =>
  peer.nextWhere(`hangup of ${call_id}`, ({ event, data }) => event === 'hangup' && data.call_id === call_id);

/** The winner's call is ringing at the loser and can be accepted there. */
async function expectContinues(call_id: string, winner: TestPeer, loser: TestPeer): Promise<void> {
  expect(await loser.ask('accept', { call_id })).toMatchObject(ACK);
  expect((await winner.next('accept')).data).toEqual({ call_id, peer_id: loser.peer_id });
  expect(await winner.ask('signal', { call_id, signal: {} })).toMatchObject(ACK);
  expect((await loser.next('signal')).data.call_id).toBe(call_id);
}

describe.each(PLACES)('Glare $place', ({ far }) => {
  it('of two calls continues the smaller call_id in each of 50 rounds, in whatever order the calls cross', async () => {
    const [alice, bob] = await cluster.pair(far);
    for (let round = 0; round < 50; round += 1) {
      const ids = [`a-${round}-in-glare`, `b-${round}-in-glare`] as const;
      const [smaller, larger] = ids;
      const [winner, loser] = round % 2 === 0 ? [alice, bob] : [bob, alice];
      const [first, second] = round % 3 === 0 ? [winner, loser] : [loser, winner];
      for (const caller of [first, second]) {
        const [callee, call_id] = caller === winner ? [loser, smaller] : [winner, larger];
        caller.send('call', { peer_id: callee.peer_id, call_id }, `call ${round}`);
      }
      await ringOf(loser, smaller);
      expect((await hangupOf(loser, larger)).data).toMatchObject({ reason: 'glare' });
      expect(await winner.answer(`call ${round}`)).toMatchObject(ACK);
      await loser.answer(`call ${round}`);
      await expectContinues(smaller, winner, loser);
      await loser.ask('hangup', { call_id: smaller });
      await hangupOf(winner, smaller);
      await expectNoMore(winner, larger);
      await loser.expectNothing('ring', 'hangup', 'accept');
    }
  });
});

/** The winner may have received the ring of the losing call: then it also receives its end, and nothing else. */
async function expectNoMore(winner: TestPeer, larger: string): Promise<void> {
  const received = winner.unread.map(({ event, data }) => [event, 'call_id' in data ? data.call_id : undefined]);
  expect([
    [],
    [
      ['ring', larger],
      ['hangup', larger],
    ],
  ]).toContainEqual(received);
  for (const _ of received) await winner.nextWhere('what is unread', () => true);
}

/** Objects that would change if a gateway decoded and encoded them again. */
const ODD = [
  '{}',
  '{ }',
  '{\n\t"sdp" :  "v=0\\r\\n" ,\r "type":"offer" }',
  '{"n":1.0,"m":-0,"e":1E+2,"big":12345678901234567890,"small":1e-400}',
  '{"a":1,"a":2,"a":{"b":1,"b":2}}',
  '{"\\u0061":"\\u00e9\\ud83d\\ude00\\/\\b"}',
  '{"é😀한":"é😀한"}',
  '{"lone":"\\ud800"}',
  '{"__proto__":{"polluted":{"__proto__":{"deep":1}}},"constructor":{"prototype":{}},"toString":1}',
  '{"text":"\\"signal\\":{} }]\\\\","}":"{","]":["]"]}',
  '{"signal":{"signal":{"call_id":"other"}},"call_id":"other","event":"hangup","ref":"other","data":{}}',
  '{"10":1,"9":2,"b":3,"a":4}',
  `{"deep":${'['.repeat(200)}${']'.repeat(200)}}`,
  `{"long":"${'x'.repeat(60_000)}"}`,
];

/** The text of `signal` within a frame of the server, in which it is last or before `call_id` and `peer_id`. */
function expectCarries(text: string, signal: string): void {
  const at = text.indexOf(`"signal":${signal}`);
  expect(at < 0 ? `${signal.slice(0, 200)} is not in ${text.slice(0, 400)}` : 'carried').toBe('carried');
  expect(text[at + `"signal":${signal}`.length]).toMatch(/[,}]/);
}

describe.each(PLACES)('A signal $place', ({ far }) => {
  it.each(ODD.map((signal) => [signal.slice(0, 60), signal]))(
    'arrives with the bytes that were sent: %s',
    async (_, signal) => {
      const [alice, bob] = await cluster.pair(far);
      const call_id = await cluster.call(alice, bob);
      for (const [from, to] of [
        [alice, bob],
        [bob, alice],
      ] as const) {
        from.sendRaw(`{"event":"signal","data":{"call_id":"${call_id}","signal":${signal}}}`);
        expectCarries((await to.next('signal')).text, signal);
      }
    },
  );

  it('arrives once and in order among 1,000, in both directions at once', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    const count = 1_000;
    for (let n = 0; n < count; n += 1) {
      alice.send('signal', { call_id, signal: { n, from: 'alice' } }, n % 3 === 0 ? `signal ${n}` : undefined);
      bob.send('signal', { call_id, signal: { n, from: 'bob' } });
    }
    const numbers = async (peer: TestPeer) => {
      const got: unknown[] = [];
      while (got.length < count) got.push((await peer.next('signal')).data.signal['n']);
      return got;
    };
    const all = Array.from({ length: count }, (_, n) => n);
    expect(await numbers(bob)).toEqual(all);
    expect(await numbers(alice)).toEqual(all);
    for (let n = 0; n < count; n += 3) expect(await alice.answer(`signal ${n}`)).toMatchObject(ACK);
    await alice.expectNothing('signal', 'ack', 'error');
    await bob.expectNothing('signal', 'ack', 'error');
  });

  it('arrives after the accept and before the hangup of its sender, in each of 20 rounds', async () => {
    const [alice, bob] = await cluster.pair(far);
    for (let round = 0; round < 20; round += 1) {
      const call_id = await cluster.ring(alice, bob);
      bob.send('accept', { call_id });
      for (let n = 0; n < 5; n += 1) bob.send('signal', { call_id, signal: { n } });
      bob.send('hangup', { call_id });
      await alice.next('hangup');
      expect(alice.unread.map(({ event }) => event)).toEqual(['accept', ...Array<string>(5).fill('signal')]);
      while (alice.unread.length > 0) await alice.nextWhere('what is unread', () => true);
    }
  });
});
