import { generateLicenseKey } from '@white-rabbit/license';
import { CallId, CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { closes, holds, matches, refuses } from '../expectations.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';

const NAMES = { license_key: 'WR1-', device_id: 'device-of-nobody', peer_id: 'peer-of-nobody' };

const MALFORMED: readonly (readonly [field: string, value: unknown])[] = [
  ['license_key', undefined],
  ['device_id', 'short'],
  ['device_id', 'd'.repeat(129)],
  ['peer_id', 'peer with blanks'],
  ['peer_id', 'peer-with-newline\n'],
  ['contacts', 'peer-of-somebody'],
  ['contacts', ['short']],
];

const MALFORMED_CALLS: readonly (readonly [event: string, data: object, field: string])[] = [
  ['call', { peer_id: 'peer-of-somebody' }, 'call_id'],
  ['call', { peer_id: 'short', call_id: 'call-of-somebody' }, 'peer_id'],
  ['call', { peer_id: 'peer-of-somebody', call_id: 'c'.repeat(65) }, 'call_id'],
  ['accept', { call_id: 7 }, 'call_id'],
  ['reject', { call_id: 'call-of-somebody', reason: 'tired' }, 'reason'],
  ['signal', { call_id: 'call-of-somebody' }, 'signal'],
  ['signal', { call_id: 'call-of-somebody', signal: [] }, 'signal'],
  ['established', {}, 'call_id'],
  ['hangup', { call_id: null }, 'call_id'],
  ['heartbeat', { ack: 'yes' }, 'ack'],
];

/** Objects that would change if anybody decoded and encoded them again. */
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

/** How people write a key: in small letters, without dashes, with letters for digits. */
function spellings(key: string): string[] {
  const loose = key.slice(3).replaceAll('0', 'O').replaceAll('1', 'l');
  return [key.toLowerCase(), ` ${key.replaceAll('-', ' ')} `, key.slice(0, 3) + loose.replaceAll('-', '')];
}

/** Section 2. */
export const NAME_RULES: readonly Rule[] = rulesOf(2, {
  'a license key is read as people write it': async (scene) => {
    const identity = await scene.identity();
    for (const license_key of spellings(identity.license_key)) await scene.joined({ ...identity, license_key });
  },
  'a malformed key, wrong check characters and an unknown key are told apart by nobody': async (scene) => {
    const unknown = generateLicenseKey();
    const wrongCheck = unknown.slice(0, -1) + (unknown.endsWith('0') ? '2' : '0');
    const texts = new Set<string>();
    for (const license_key of ['nonsense', '', unknown.repeat(50), wrongCheck, unknown]) {
      const alice = await scene.open();
      const answer = await alice.ask('register', { ...NAMES, license_key });
      refuses(answer, 'license_invalid', 'register');
      texts.add(JSON.stringify(answer.data));
      await closes(alice, CLOSE_CODES.licenseRefused);
    }
    holds(texts.size === 1, 'the answers differ');
  },
  'a malformed name in register is answered bad_data, which names the field, and closes 4500': async (scene) => {
    for (const [field, value] of MALFORMED) {
      const alice = await scene.open();
      const answer = await alice.ask('register', { ...NAMES, [field]: value });
      refuses(answer, 'bad_data', 'register');
      const named = answer.event === 'error' && answer.data.message.includes(field);
      holds(named, `the message does not name ${field}`);
      await closes(alice, CLOSE_CODES.protocolError);
    }
  },
  'a malformed field elsewhere is answered bad_data, which names it, and the socket stays open': async (scene) => {
    const alice = await scene.guest();
    for (const [event, data, field] of MALFORMED_CALLS) {
      const answer = await alice.ask(event, data);
      refuses(answer, 'bad_data', event);
      holds(answer.event === 'error' && answer.data.message.includes(field), `the message does not name ${field}`);
    }
    await alice.roundTrip();
  },
  'a call_id may have 8 characters, or 64': async (scene) => {
    const [alice, bob] = await scene.pair();
    const tail = Date.now().toString(36).slice(-7);
    for (const length of [8, 64]) await scene.call(alice, bob, CallId.parse(`x${tail.padEnd(length - 1, '_')}`));
  },
  'a session may have 1,000 contacts': async (scene) => {
    const alice = await scene.guest({ contacts: peers(LIMITS.contacts) });
    const { data } = await alice.next('presence');
    holds(data.peers.length === LIMITS.contacts, `presence told ${data.peers.length}`);
  },
  'one contact more is answered contacts_limit and changes nothing': async (scene) => {
    const alice = await scene.guest({ contacts: peers(LIMITS.contacts) });
    await alice.next('presence');
    refuses(await alice.ask('contacts', { add: ['peer-of-nobody'] }), 'contacts_limit', 'contacts');
    matches(await alice.ask('contacts', { add: ['peer-number-0'] }), { event: 'presence' });
  },
  'a signal is any object and arrives as the very text it was sent as': async (scene) => {
    const [alice, bob] = await scene.pair();
    const call_id = await scene.call(alice, bob);
    for (const signal of ODD_SIGNALS) {
      alice.sendRaw(`{"event":"signal","data":{"call_id":"${call_id}","signal":${signal}}}`);
      const { text } = await bob.next('signal');
      holds(text.includes(`"signal":${signal}`), `${signal.slice(0, 80)} arrived in ${text.slice(0, 200)}`);
    }
  },
});
