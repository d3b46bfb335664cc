import { LIMITS, SUBPROTOCOL } from '@white-rabbit/protocol';
import { expectClose, ensure, expectFrame, expectError } from '../expectations.js';
import { rulesOf, type Rule } from '../rule.js';

const MALFORMED_FRAMES: readonly (string | Buffer)[] = [
  'hello',
  '',
  '{"event":"heartbeat"',
  '[{"event":"heartbeat"}]',
  '1',
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

/** The size of the fragments into which a client library may split a frame. */
const FRAGMENT_BYTES = 1_024;

/** A `heartbeat` of exactly this many bytes. */
function heartbeatOf(bytes: number): string {
  const frame = '{"event":"heartbeat","data":{"more":""}}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

/** Section 1. */
export const TRANSPORT_RULES: readonly Rule[] = rulesOf(1, {
  'server selects the subprotocol white-rabbit.v1 if the client offers it': async (context) => {
    const { socket } = await context.open({ protocols: ['other.v7', SUBPROTOCOL] });
    ensure(socket.protocol === SUBPROTOCOL, `selected '${socket.protocol}'`);
  },
  'server selects no subprotocol if the client offers none': async (context) => {
    const { socket } = await context.open({ protocols: [] });
    ensure(socket.protocol === '', `selected '${socket.protocol}'`);
  },
  'server never negotiates permessage-deflate': async (context) => {
    const { socket } = await context.open({ socket: { perMessageDeflate: true } });
    ensure(socket.extensions === '', `negotiated '${socket.extensions}'`);
  },
  'server answers a malformed frame with bad_message and keeps the socket open': async (context) => {
    const alice = await context.open();
    for (const frame of MALFORMED_FRAMES) {
      alice.sendRaw(frame);
      expectFrame(await alice.next('error'), { event: 'error', data: { code: 'bad_message' } });
    }
    await alice.roundTrip();
  },
  'server answers a binary frame with bad_message and keeps the socket open': async (context) => {
    const alice = await context.open();
    for (const frame of [Buffer.from('{"event":"heartbeat"}'), Buffer.alloc(0)]) {
      alice.sendRaw(frame);
      expectFrame(await alice.next('error'), { event: 'error', data: { code: 'bad_message' } });
      await alice.roundTrip();
    }
  },
  'server answers a malformed frame with bad_message before register and keeps the socket open': async (context) => {
    const alice = await context.unregistered();
    alice.sendRaw('hello');
    expectFrame(await alice.next('error'), { event: 'error', data: { code: 'bad_message' } });
    expectFrame(await alice.ask('register', alice.identity), { event: 'registered' });
  },
  'server answers an unknown event with unknown_event and keeps the socket open': async (context) => {
    const alice = await context.client();
    for (const event of ['hello', '', 'Register', '__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expectError(await alice.ask(event, {}), 'unknown_event', event);
    }
    await alice.roundTrip();
  },
  'server accepts a frame of 64 KiB': async (context) => {
    const alice = await context.client();
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes));
    await alice.next('heartbeat');
  },
  'server closes the socket with 1009 after a frame of more than 64 KiB': async (context) => {
    const alice = await context.client();
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes + 1));
    await expectClose(alice, 1009);
  },
  'server closes the socket with 1009 if the fragments of a frame exceed 64 KiB together': async (context) => {
    const alice = await context.client();
    alice.socket.send(heartbeatOf(LIMITS.frameBytes), { fin: false });
    alice.socket.send(' ', { fin: true });
    await expectClose(alice, 1009);
  },
  'server closes the socket with 1009 after a binary frame of more than 64 KiB': async (context) => {
    const alice = await context.client();
    alice.sendRaw(Buffer.alloc(LIMITS.frameBytes + 1));
    await expectClose(alice, 1009);
  },
  'server accepts a frame in 64 fragments': async (context) => {
    const alice = await context.client();
    const text = heartbeatOf(LIMITS.frameBytes);
    for (let at = 0; at < text.length; at += FRAGMENT_BYTES) {
      alice.socket.send(text.slice(at, at + FRAGMENT_BYTES), { fin: at + FRAGMENT_BYTES >= text.length });
    }
    await alice.next('heartbeat');
    await alice.expectNothing('error', 'heartbeat');
  },
  'server uses the last value of a repeated name': async (context) => {
    const alice = await context.client();
    const add = '"add":["peer-unknown-1"],"add":["peer-unknown-0"]';
    alice.sendRaw(`{"event":"heartbeat","ref":"a","data":{},"event":"contacts","ref":"b","data":{${add}}}`);
    const data = { peers: [{ peer_id: 'peer-unknown-0', status: 'OFFLINE' }] };
    expectFrame(await alice.answer('b'), { event: 'presence', data });
  },
  'server reads names and values with escape sequences': async (context) => {
    const alice = await context.client();
    alice.sendRaw('{"\\u0065vent":"\\u0063ontacts","ref":"a","d\\u0061ta":{"\\u0061dd":["p\\u0065er-unknown-0"]}}');
    const data = { peers: [{ peer_id: 'peer-unknown-0', status: 'OFFLINE' }] };
    expectFrame(await alice.answer('a'), { event: 'presence', data });
  },
  'server accepts whitespace around names and values': async (context) => {
    const alice = await context.client();
    alice.sendRaw(' \n{ "event" :\t"contacts" , "ref" : "a" , "data" : { "add" : [ "peer-unknown-0" ] } }\r\n');
    const data = { peers: [{ peer_id: 'peer-unknown-0', status: 'OFFLINE' }] };
    expectFrame(await alice.answer('a'), { event: 'presence', data });
  },
  'server ignores unknown fields': async (context) => {
    const alice = await context.client();
    alice.sendRaw('{"more":1,"event":"contacts","ref":"a","data":{"other":{"a":1}},"__proto__":{"event":"call"}}');
    expectFrame(await alice.answer('a'), { event: 'presence', data: { peers: [] } });
  },
  'server accepts a frame without data if no field of it is required': async (context) => {
    const alice = await context.client();
    expectFrame(await alice.ask('contacts'), { event: 'presence', data: { peers: [] } });
    expectFrame(await alice.ask('heartbeat'), { event: 'heartbeat', data: { ack: true } });
    expectError(await alice.ask('accept'), 'bad_data', 'accept');
  },
  'response carries the ref of its request, with any characters': async (context) => {
    const alice = await context.client();
    for (const ref of ['1', 'r'.repeat(64), '"\\ \u0007', '한글', '😀'.repeat(64)]) {
      alice.send('heartbeat', {}, ref);
      expectFrame(await alice.answer(ref), { event: 'heartbeat' });
      alice.send('contacts', {}, ref);
      expectFrame(await alice.answer(ref), { event: 'presence' });
      alice.send('hangup', { call_id: 'no-such-call' }, ref);
      expectFrame(await alice.answer(ref), { event: 'error' });
    }
  },
  'response to a request without ref has no ref': async (context) => {
    const alice = await context.client();
    alice.send('contacts', {});
    alice.send('hangup', { call_id: 'no-such-call' });
    alice.send('heartbeat');
    const answers = [await alice.next('presence'), await alice.next('error'), await alice.next('heartbeat')];
    for (const { ref, text } of answers) ensure(ref === undefined, `unexpected ref in ${text}`);
  },
});
