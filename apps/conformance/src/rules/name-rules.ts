import { generateLicenseKey } from '@white-rabbit/license';
import { CallId, CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { ensure, expectClose, expectError, expectFrame, expectPresence } from '../expectations.js';
import { rulesOf, rulesOfTwo, type Rule } from '../rule.js';

const NAMES = { license_key: 'WR1-', device_id: 'device-unknown-0', peer_id: 'peer-unknown-0' };

const MALFORMED: readonly (readonly [field: string, value: unknown])[] = [
  ['license_key', undefined],
  ['license_key', 7],
  ['device_id', undefined],
  ['device_id', 'device with spaces'],
  ['peer_id', undefined],
  ['peer_id', 'short'],
  ['peer_id', 'p'.repeat(129)],
  ['peer_id', 'peer/with/slashes'],
  ['peer_id', 'peer-with-umläut'],
  ['device_id', 'short'],
  ['device_id', 'd'.repeat(129)],
  ['peer_id', 'peer with blanks'],
  ['peer_id', 'peer-with-newline\n'],
  ['contacts', 'peer-unknown-1'],
  ['contacts', ['short']],
  ['contacts', [{}]],
];

const MALFORMED_CALLS: readonly (readonly [event: string, data: object, field: string])[] = [
  ['call', {}, 'peer_id'],
  ['call', { peer_id: 'peer-unknown-1' }, 'call_id'],
  ['call', { peer_id: 'short', call_id: 'call-unknown-0' }, 'peer_id'],
  ['call', { peer_id: 'peer-unknown-1', call_id: 'c'.repeat(65) }, 'call_id'],
  ['call', { peer_id: 'peer-unknown-1', call_id: 'call with spaces' }, 'call_id'],
  ['accept', { call_id: 7 }, 'call_id'],
  ['reject', { call_id: 'call-unknown-0', reason: 'tired' }, 'reason'],
  ['signal', { call_id: 'call-unknown-0' }, 'signal'],
  ['signal', { call_id: 'call-unknown-0', signal: [] }, 'signal'],
  ['signal', { call_id: 'call-unknown-0', signal: 'text' }, 'signal'],
  ['signal', { call_id: 'call-unknown-0', signal: null }, 'signal'],
  ['established', {}, 'call_id'],
  ['hangup', { call_id: null }, 'call_id'],
  ['heartbeat', { ack: 'yes' }, 'ack'],
  ['contacts', { add: 'peer-unknown-1' }, 'add'],
  ['contacts', { add: ['short'] }, 'add'],
  ['contacts', { remove: [7] }, 'remove'],
  ['contacts', { remove: {} }, 'remove'],
];

/** Objects that would change if the server decoded and encoded them. */
const ODD_SIGNALS = [
  '{ }',
  '{\n\t"sdp" :  "v=0\\r\\n" }',
  '{"n":1.0,"m":-0,"e":1E+2,"big":12345678901234567890}',
  '{"a":1,"a":2}',
  '{"\\u0061":"\\u00e9\\/"}',
  '{"10":1,"9":2,"b":3,"a":4}',
  '{"signal":{"call_id":"other"},"event":"hangup","ref":"other"}',
  `{"long":"${'x'.repeat(60_000)}"}`,
];

const peers = (count: number): string[] => Array.from({ length: count }, (_, index) => `peer-number-${index}`);

/** Accepted spellings of a key: lower case, without dashes, with letters instead of digits. */
function spellings(key: string): string[] {
  const loose = key.slice(3).replaceAll('0', 'O').replaceAll('1', 'l');
  return [key.toLowerCase(), ` ${key.replaceAll('-', ' ')} `, key.slice(0, 3) + loose.replaceAll('-', '')];
}

const NAMES_AND_LIMITS = rulesOf(2, {
  'server accepts a license key in every documented spelling': async (context) => {
    const identity = await context.identity();
    for (const license_key of spellings(identity.license_key)) await context.registered({ ...identity, license_key });
  },
  'server answers a malformed key, wrong check characters and an unknown key with the same license_invalid': async (
    context,
  ) => {
    const unknown = generateLicenseKey();
    const wrongCheck = unknown.slice(0, -1) + (unknown.endsWith('0') ? '2' : '0');
    const texts = new Set<string>();
    for (const license_key of [
      'nonsense',
      'WR1-',
      `WR2${unknown.slice(3)}`,
      '',
      ' ',
      '\u0000😀',
      unknown.repeat(50),
      wrongCheck,
      unknown,
    ]) {
      const alice = await context.open();
      const answer = await alice.ask('register', { ...NAMES, license_key });
      expectError(answer, 'license_invalid', 'register');
      texts.add(JSON.stringify(answer.data));
      await expectClose(alice, CLOSE_CODES.licenseRefused);
    }
    ensure(texts.size === 1, 'the answers differ');
  },
  'server answers a malformed field in register with bad_data, which names the field, and closes with 4500': async (
    context,
  ) => {
    for (const [field, value] of MALFORMED) {
      const alice = await context.open();
      const answer = await alice.ask('register', { ...NAMES, [field]: value });
      expectError(answer, 'bad_data', 'register');
      const named = answer.event === 'error' && answer.data.message.includes(field);
      ensure(named, `the message does not name ${field}`);
      await expectClose(alice, CLOSE_CODES.protocolError);
    }
  },
  'server answers a malformed field in any other event with bad_data, which names the field, and keeps the socket open':
    async (context) => {
      const alice = await context.client();
      for (const [event, data, field] of MALFORMED_CALLS) {
        const answer = await alice.ask(event, data);
        expectError(answer, 'bad_data', event);
        ensure(answer.event === 'error' && answer.data.message.includes(field), `the message does not name ${field}`);
      }
      await alice.roundTrip();
    },
  'server accepts a call_id of 8 and of 64 characters': async (context) => {
    const [alice, bob] = await context.pair();
    const tail = Date.now().toString(36).slice(-7);
    for (const length of [8, 64]) await context.call(alice, bob, CallId.parse(`x${tail.padEnd(length - 1, '_')}`));
  },
  'server accepts 1,000 contacts in a session': async (context) => {
    const alice = await context.client({ contacts: peers(LIMITS.contacts) });
    const { data } = await alice.next('presence');
    ensure(data.peers.length === LIMITS.contacts, `presence has ${data.peers.length}`);
  },
  'server answers a contact beyond 1,000 with contacts_limit and changes nothing': async (context) => {
    const alice = await context.client({ contacts: peers(LIMITS.contacts) });
    await alice.next('presence');
    expectError(await alice.ask('contacts', { add: ['peer-unknown-0'] }), 'contacts_limit', 'contacts');
    expectFrame(await alice.ask('contacts', { add: ['peer-number-0'] }), { event: 'presence' });
  },
  'server accepts a contact after another one of 1,000 was removed': async (context) => {
    const bob = await context.client();
    const alice = await context.client({ contacts: peers(LIMITS.contacts) });
    await alice.next('presence');
    expectPresence(await alice.ask('contacts', { remove: ['peer-number-0'] }), {});
    expectPresence(await alice.ask('contacts', { add: [bob.peer_id] }), { [bob.peer_id]: 'ONLINE' });
    await bob.close();
    expectPresence(await alice.next('presence'), { [bob.peer_id]: 'OFFLINE' });
  },
});

const SIGNALS = rulesOfTwo(2, {
  'signal can be any object and arrives as the exact text that was sent': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    for (const signal of ODD_SIGNALS) {
      alice.sendRaw(`{"event":"signal","data":{"call_id":"${call_id}","signal":${signal}}}`);
      const { text } = await bob.next('signal');
      ensure(text.includes(`"signal":${signal}`), `${signal.slice(0, 80)} arrived in ${text.slice(0, 200)}`);
    }
  },
  'server finds signal for every order and spelling of the names, and uses the last of repeated names': async (
    context,
    far,
  ) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    const signal = '{ "n" : 1.0 }';
    const id = `"call_id":"${call_id}"`;
    for (const frame of [
      `{"event":"signal","data":{"signal":${signal},${id}}}`,
      `{"data":{"signal":${signal},${id}},"event":"signal"}`,
      `{"data":{${id},"signal" : ${signal} },"ref":"one","event":"signal"}`,
      `{"event":"signal","data":{"signal":{"first":1},${id},"signal":${signal}}}`,
      `{"event":"signal","data":{"signal":"text","signal":${signal},${id}}}`,
      `{"event":"signal","data":{"signal":{"first":1}},"data":{${id},"signal":${signal}}}`,
      `{"event":"signal","data":{"\\u0073ignal":${signal},${id}}}`,
      `{"event":"signal","data":{"signal":{"first":1},"\\u0073ignal":${signal},${id}}}`,
      `{"event":"signal","d\\u0061ta":{${id},"more":{"signal":{"other":1}},"signal":${signal}},"signal":{"other":2}}`,
      `{"event":"signal","data":{"more":"\\"signal\\":{}",${id},"signal":${signal},"tail":[{"signal":{}}]}}`,
    ]) {
      alice.sendRaw(frame);
      const { text } = await bob.next('signal');
      ensure(text.includes(`"signal":${signal}`), `${frame} arrived as ${text.slice(0, 200)}`);
    }
  },
  'server answers signal with bad_data if the last of repeated names is not an object': async (context, far) => {
    const [alice, bob] = await context.pair(far);
    const call_id = await context.call(alice, bob);
    alice.sendRaw(`{"event":"signal","ref":"a","data":{"signal":{},"call_id":"${call_id}","signal":"text"}}`);
    expectError(await alice.answer('a'), 'bad_data', 'signal');
    await bob.expectNothing('signal');
  },
});

/** Section 2. */
export const NAME_RULES: readonly Rule[] = [...NAMES_AND_LIMITS, ...SIGNALS];
