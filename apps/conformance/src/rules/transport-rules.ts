import { LIMITS, SUBPROTOCOL } from '@white-rabbit/protocol';
import { closes, holds, matches, refuses } from '../expectations.js';
import { rulesOf } from '../rule.js';
import type { Rule } from '../rule.js';

const NO_FRAMES: readonly (string | Buffer)[] = [
  'hello',
  '',
  '{"event":"heartbeat"',
  '[{"event":"heartbeat"}]',
  '"heartbeat"',
  'null',
  '{"data":{}}',
  '{"event":7}',
  '{"event":"heartbeat","data":"text"}',
  '{"event":"heartbeat","data":[]}',
  '{"event":"heartbeat","ref":7}',
  '{"event":"heartbeat","ref":""}',
  JSON.stringify({ event: 'heartbeat', ref: 'r'.repeat(65) }),
];

/** What a client library may cut a frame into. */
const FRAGMENT_BYTES = 1_024;

/** A `heartbeat` of exactly so many bytes. */
function heartbeatOf(bytes: number): string {
  const frame = '{"event":"heartbeat","data":{"more":""}}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

/** Section 1. */
export const TRANSPORT_RULES: readonly Rule[] = rulesOf(1, {
  'white-rabbit.v1 is selected when it is offered': async (scene) => {
    const { socket } = await scene.open({ protocols: ['other.v7', SUBPROTOCOL] });
    holds(socket.protocol === SUBPROTOCOL, `selected '${socket.protocol}'`);
  },
  'a client may offer no subprotocol': async (scene) => {
    const { socket } = await scene.open({ protocols: [] });
    holds(socket.protocol === '', `selected '${socket.protocol}'`);
  },
  'permessage-deflate is never negotiated': async (scene) => {
    const { socket } = await scene.open({ socket: { perMessageDeflate: true } });
    holds(socket.extensions === '', `negotiated '${socket.extensions}'`);
  },
  'what is no frame is answered bad_message, and the socket stays open': async (scene) => {
    const alice = await scene.open();
    for (const frame of NO_FRAMES) {
      alice.sendRaw(frame);
      matches(await alice.next('error'), { event: 'error', data: { code: 'bad_message' } });
    }
    await alice.roundTrip();
  },
  'a binary frame is answered bad_message, and the socket stays open': async (scene) => {
    const alice = await scene.open();
    alice.sendRaw(Buffer.from('{"event":"heartbeat"}'));
    matches(await alice.next('error'), { event: 'error', data: { code: 'bad_message' } });
    await alice.roundTrip();
  },
  'an unknown event is answered unknown_event, and the socket stays open': async (scene) => {
    const alice = await scene.guest();
    for (const event of ['hello', '', 'Register', '__proto__', 'constructor']) {
      refuses(await alice.ask(event, {}), 'unknown_event', event);
    }
    await alice.roundTrip();
  },
  'a frame of 64 KiB is taken': async (scene) => {
    const alice = await scene.guest();
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes));
    await alice.next('heartbeat');
  },
  'a frame of a byte more closes the socket with 1009': async (scene) => {
    const alice = await scene.guest();
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes + 1));
    await closes(alice, 1009);
  },
  'a frame may come in 64 fragments': async (scene) => {
    const alice = await scene.guest();
    const text = heartbeatOf(LIMITS.frameBytes);
    for (let at = 0; at < text.length; at += FRAGMENT_BYTES) {
      alice.socket.send(text.slice(at, at + FRAGMENT_BYTES), { fin: at + FRAGMENT_BYTES >= text.length });
    }
    await alice.next('heartbeat');
  },
  'of a name that stands twice the last one counts': async (scene) => {
    const alice = await scene.guest();
    const add = '"add":["peer-of-somebody"],"add":["peer-of-nobody"]';
    alice.sendRaw(`{"event":"heartbeat","ref":"a","data":{},"event":"contacts","ref":"b","data":{${add}}}`);
    const data = { peers: [{ peer_id: 'peer-of-nobody', status: 'OFFLINE' }] };
    matches(await alice.answer('b'), { event: 'presence', data });
  },
  'unknown fields are ignored': async (scene) => {
    const alice = await scene.guest();
    alice.sendRaw('{"more":1,"event":"contacts","ref":"a","data":{"other":{"a":1}},"__proto__":{"event":"call"}}');
    matches(await alice.answer('a'), { event: 'presence', data: { peers: [] } });
  },
  'data may be left out where none of it is required': async (scene) => {
    const alice = await scene.guest();
    matches(await alice.ask('contacts'), { event: 'presence', data: { peers: [] } });
    matches(await alice.ask('heartbeat'), { event: 'heartbeat', data: { ack: true } });
    refuses(await alice.ask('accept'), 'bad_data', 'accept');
  },
  'a direct answer carries the ref of its frame, whatever its characters': async (scene) => {
    const alice = await scene.guest();
    for (const ref of ['1', 'r'.repeat(64), '"\\ \u0007', '한글', '😀'.repeat(64)]) {
      alice.send('heartbeat', {}, ref);
      matches(await alice.answer(ref), { event: 'heartbeat' });
      alice.send('contacts', {}, ref);
      matches(await alice.answer(ref), { event: 'presence' });
      alice.send('hangup', { call_id: 'no-such-call' }, ref);
      matches(await alice.answer(ref), { event: 'error' });
    }
  },
  'the answer to a frame without ref has none': async (scene) => {
    const alice = await scene.guest();
    alice.send('contacts', {});
    alice.send('hangup', { call_id: 'no-such-call' });
    alice.send('heartbeat');
    const answers = [await alice.next('presence'), await alice.next('error'), await alice.next('heartbeat')];
    for (const { ref, text } of answers) holds(ref === undefined, `unasked ref in ${text}`);
  },
});
