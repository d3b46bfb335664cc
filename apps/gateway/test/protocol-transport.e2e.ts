import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '@white-rabbit/protocol';
import { connect, eventually, type TestPeer } from '@white-rabbit/testing';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, refusal } from './answers.js';
import { RawSocket, rawFrame } from './raw-socket.js';
import { GENEROUS } from './settings.js';

const cluster = useCluster(1, { env: GENEROUS });

const url = () => cluster.gateway(0).url;

describe('The handshake', () => {
  it('selects white-rabbit.v1 among the offered subprotocols', async () => {
    await using client = await connect(url(), { protocols: ['other.v7', 'white-rabbit.v1'] });
    expect(client.socket.protocol).toBe('white-rabbit.v1');
  });

  it('selects no subprotocol if none is offered', async () => {
    await using client = await connect(url(), { protocols: [] });
    expect(client.socket.protocol).toBe('');
  });

  it('is refused with 400 if only other subprotocols are offered', async () => {
    await expect(connect(url(), { protocols: ['white-rabbit.v2'] })).rejects.toThrow('400');
  });

  it('never negotiates permessage-deflate', async () => {
    await using client = await connect(url(), { socket: { perMessageDeflate: true } });
    expect(client.socket.extensions).toBe('');
  });
});

describe('A malformed frame', () => {
  it.each([
    ['no JSON', 'hello'],
    ['nothing', ''],
    ['cut short', '{"event":"heartbeat"'],
    ['an array', '[{"event":"heartbeat"}]'],
    ['a string', '"heartbeat"'],
    ['null', 'null'],
    ['a number', '1'],
    ['without an event', '{"data":{}}'],
    ['with an event that is no string', '{"event":7}'],
    ['with data that is no object', '{"event":"heartbeat","data":"text"}'],
    ['with data that is an array', '{"event":"heartbeat","data":[]}'],
    ['with a ref that is no string', '{"event":"heartbeat","ref":7}'],
    ['with an empty ref', '{"event":"heartbeat","ref":""}'],
    ['with a ref of 65 characters', JSON.stringify({ event: 'heartbeat', ref: 'r'.repeat(65) })],
    ['of bytes', Buffer.from('{"event":"heartbeat"}')],
    ['of no bytes', Buffer.alloc(0)],
  ])('(%s) is answered bad_message, and the socket stays open', async (_, frame) => {
    const alice = await cluster.peer('alice');
    alice.sendRaw(frame);
    expect(await alice.next('error')).toMatchObject({ data: { code: 'bad_message' } });
    await alice.roundTrip();
  });

  it('is also answered bad_message before register', async () => {
    const alice = await cluster.connect('alice');
    alice.sendRaw('hello');
    expect(await alice.next('error')).toMatchObject({ data: { code: 'bad_message' } });
    await alice.join();
  });
});

describe('An unknown event', () => {
  it.each(['hello', '', 'Register', '__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '(%s) is answered unknown_event, and the socket stays open',
    async (event) => {
      const alice = await cluster.peer('alice');
      expect(await alice.ask(event, {})).toMatchObject(refusal('unknown_event', event));
      await alice.roundTrip();
    },
  );
});

/** A `heartbeat` of exactly that many bytes. */
function heartbeatOf(bytes: number): string {
  const frame = '{"event":"heartbeat","data":{"more":""}}';
  return frame.replace('""', `"${'x'.repeat(bytes - frame.length)}"`);
}

describe('A frame', () => {
  it('may have 64 KiB', async () => {
    const alice = await cluster.peer('alice');
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes));
    await alice.next('heartbeat');
  });

  it('of more than 64 KiB closes the socket with 1009', async () => {
    const alice = await cluster.peer('alice');
    alice.sendRaw(heartbeatOf(LIMITS.frameBytes + 1));
    expect(await alice.closed()).toMatchObject({ code: 1009 });
  });

  it('is limited by the size of all its fragments together', async () => {
    const alice = await cluster.peer('alice');
    alice.socket.send(heartbeatOf(LIMITS.frameBytes), { fin: false });
    alice.socket.send(' ', { fin: true });
    expect(await alice.closed()).toMatchObject({ code: 1009 });
  });

  it('is limited also if it is binary', async () => {
    const alice = await cluster.peer('alice');
    alice.sendRaw(Buffer.alloc(LIMITS.frameBytes + 1));
    expect(await alice.closed()).toMatchObject({ code: 1009 });
  });
});

describe('A fragmented frame', () => {
  /** Sends one text frame as fragments of that many characters. */
  function sendInFragments(alice: TestPeer, text: string, length: number): void {
    for (let at = 0; at < text.length; at += length) {
      alice.socket.send(text.slice(at, at + length), { fin: at + length >= text.length });
    }
  }

  it('is handled as one frame: 64 KiB in fragments of 1 KiB', async () => {
    const alice = await cluster.peer('alice');
    sendInFragments(alice, heartbeatOf(LIMITS.frameBytes), 1_024);
    await alice.next('heartbeat');
    await alice.expectNothing('error', 'heartbeat');
  });

  it('is handled as one frame: some hundred bytes, byte by byte', async () => {
    const raw = await RawSocket.upgraded(cluster.gateway(0).port);
    for (const byte of rawFrame(0x81, Buffer.from(heartbeatOf(900)))) {
      raw.send(Buffer.from([byte]));
      // Slow enough that the gateway reads the bytes one by one.
      await pause(1);
    }
    const answered = eventually('it is answered', () => raw.received.includes('"event":"heartbeat"'));
    await answered.finally(() => {
      raw.reset();
    });
  });
});

describe('Names and fields of a frame', () => {
  const peer = 'peer-of-nobody';
  const asked = async (alice: TestPeer, text: string) => {
    alice.sendRaw(text);
    return alice.nextWhere('an answer', (frame) => frame.event !== 'heartbeat');
  };

  it('count in their last occurrence if they occur twice', async () => {
    const alice = await cluster.peer('alice');
    const text = `{"event":"heartbeat","ref":"first","data":{"add":[]},"event":"contacts","ref":"last","data":{"add":["peer-of-somebody"],"add":["${peer}"]}}`;
    const answer = await asked(alice, text);
    expect(answer).toMatchObject({ event: 'presence', ref: 'last', data: { peers: [{ peer_id: peer }] } });
  });

  it('are equal if they are written with escapes', async () => {
    const alice = await cluster.peer('alice');
    const text = `{"\\u0065vent":"\\u0063ontacts","d\\u0061ta":{"\\u0061dd":["p\\u0065er-of-nobody"]}}`;
    expect(await asked(alice, text)).toMatchObject({ event: 'presence', data: { peers: [{ peer_id: peer }] } });
  });

  it('are ignored if they are unknown', async () => {
    const alice = await cluster.peer('alice');
    const text = `{"more":1,"event":"contacts","data":{"add":["${peer}"],"other":{"a":1}},"__proto__":{"event":"call"}}`;
    expect(await asked(alice, text)).toMatchObject({ event: 'presence', data: { peers: [{ peer_id: peer }] } });
  });

  it('may be surrounded by blanks', async () => {
    const alice = await cluster.peer('alice');
    const text = ` \n{ "event" :\t"contacts" , "data" : { "add" : [ "${peer}" ] } }\r\n`;
    expect(await asked(alice, text)).toMatchObject({ event: 'presence', data: { peers: [{ peer_id: peer }] } });
  });

  it('are valid without data if none of it is required', async () => {
    const alice = await cluster.peer('alice');
    expect(await alice.ask('contacts')).toMatchObject({ event: 'presence', data: { peers: [] } });
    expect(await alice.ask('heartbeat')).toMatchObject({ event: 'heartbeat', data: { ack: true } });
  });

  it('are invalid without data if some of it is required', async () => {
    const alice = await cluster.peer('alice');
    expect(await alice.ask('accept')).toMatchObject(refusal('bad_data', 'accept'));
  });
});

describe('A ref', () => {
  it('is returned in every direct answer, whatever its characters', async () => {
    const alice = await cluster.peer('alice');
    for (const ref of ['1', 'r'.repeat(64), '"\\ \u0007', '한글', '😀'.repeat(64)]) {
      alice.send('heartbeat', {}, ref);
      expect(await alice.answer(ref)).toMatchObject({ event: 'heartbeat' });
      alice.send('contacts', {}, ref);
      expect(await alice.answer(ref)).toMatchObject({ event: 'presence' });
      alice.send('hangup', { call_id: 'no-such-call' }, ref);
      expect(await alice.answer(ref)).toMatchObject({ event: 'error' });
    }
  });

  it('is absent from an answer to a frame without a ref', async () => {
    const alice = await cluster.peer('alice');
    alice.send('contacts', {});
    alice.send('hangup', { call_id: 'no-such-call' });
    alice.send('heartbeat');
    expect((await alice.next('presence')).ref).toBeUndefined();
    expect((await alice.next('error')).ref).toBeUndefined();
    expect((await alice.next('heartbeat')).ref).toBeUndefined();
  });

  it('is never sent to the other peer', async () => {
    const [alice, bob] = await cluster.pair();
    alice.send('call', { peer_id: bob.peer_id, call_id: 'call-with-a-ref' }, 'mine');
    expect((await bob.next('ring')).ref).toBeUndefined();
    expect(await alice.answer('mine')).toMatchObject(ACK);
    bob.send('accept', { call_id: 'call-with-a-ref' }, 'his');
    expect((await alice.next('accept')).ref).toBeUndefined();
    alice.send('signal', { call_id: 'call-with-a-ref', signal: {} }, 'mine again');
    expect((await bob.next('signal')).ref).toBeUndefined();
    alice.send('hangup', { call_id: 'call-with-a-ref' }, 'mine at last');
    expect((await bob.next('hangup')).ref).toBeUndefined();
  });

  it('requests the ack: without a ref there is no ack', async () => {
    const [alice, bob] = await cluster.pair();
    const call_id = 'call-without-ref';
    alice.send('call', { peer_id: bob.peer_id, call_id });
    await bob.next('ring');
    bob.send('accept', { call_id });
    await alice.next('accept');
    alice.send('signal', { call_id, signal: {} });
    await bob.next('signal');
    alice.send('hangup', { call_id });
    await bob.next('hangup');
    await alice.expectNothing('ack', 'error');
    await bob.expectNothing('ack', 'error');
  });
});
