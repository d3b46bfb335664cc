import { describe, expect, it } from '@jest/globals';
import type { TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK } from './answers.js';
import { GENEROUS, PLACES } from './settings.js';

const cluster = useCluster(2, { env: GENEROUS });

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

async function sent(from: TestPeer, to: TestPeer, frame: string): Promise<string> {
  from.sendRaw(frame);
  return (await to.next('signal')).text;
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
        const text = await sent(from, to, `{"event":"signal","data":{"call_id":"${call_id}","signal":${signal}}}`);
        expectCarries(text, signal);
      }
    },
  );

  it('is found at any position and in any notation', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    const signal = '{ "n" : 1.0 }';
    const frames = [
      `{"event":"signal","data":{"signal":${signal},"call_id":"${call_id}"}}`,
      `{"data":{"signal":${signal},"call_id":"${call_id}"},"event":"signal"}`,
      `{"data":{"call_id":"${call_id}","signal" : ${signal} },"ref":"one","event":"signal"}`,
      `{"event":"signal","data":{"signal":{"first":1},"call_id":"${call_id}","signal":${signal}}}`,
      `{"event":"signal","data":{"signal":"text","signal":${signal},"call_id":"${call_id}"}}`,
      `{"event":"signal","data":{"signal":{"first":1}},"data":{"call_id":"${call_id}","signal":${signal}}}`,
      `{"event":"signal","data":{"\\u0073ignal":${signal},"call_id":"${call_id}"}}`,
      `{"event":"signal","data":{"signal":{"first":1},"\\u0073ignal":${signal},"call_id":"${call_id}"}}`,
      `{"event":"signal","d\\u0061ta":{"call_id":"${call_id}","more":{"signal":{"other":1}},"signal":${signal}},"signal":{"other":2}}`,
      `{"event":"signal","data":{"more":"\\"signal\\":{}","call_id":"${call_id}","signal":${signal},"tail":[{"signal":{}}]}}`,
    ];
    for (const frame of frames) expectCarries(await sent(alice, bob, frame), signal);
  });

  it('counts in its last occurrence: if that is no object, the answer is bad_data', async () => {
    const [alice, bob] = await cluster.pair(far);
    const call_id = await cluster.call(alice, bob);
    alice.sendRaw(`{"event":"signal","data":{"signal":{},"call_id":"${call_id}","signal":"text"}}`);
    expect(await alice.next('error')).toMatchObject({ data: { code: 'bad_data', event: 'signal' } });
    await bob.expectNothing('signal');
  });

  it('arrives once and in order among many, in both directions at once', async () => {
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

  it('arrives before the hangup that was sent behind it, and after the accept', async () => {
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
