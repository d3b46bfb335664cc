import { beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_EVENTS, type ClientEventName } from '@white-rabbit/protocol';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

let node: TestNode;

beforeEach(async () => {
  node = await startNode({ env: { WR_CALLS_PER_MINUTE: '1', WR_RATE_LIMITED_PER_MINUTE: '3' } });
});

const CALL = 'call-0001';
const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEventName[];
const NEEDS_SESSION = EVENTS.filter((event) => event !== 'register' && event !== 'heartbeat');

describe('A connection before its register', () => {
  it.each(NEEDS_SESSION)('is answered not_registered to %s, whatever its data', (event) => {
    const { socket } = node.connect();
    socket.says(event, {}, 'r1');
    expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'not_registered', event }, ref: 'r1' }]);
    expect(socket.closes).toEqual([]);
  });

  it('is answered to a heartbeat, but not to an ack', () => {
    const { socket } = node.connect();
    socket.says('heartbeat', undefined, 'r1');
    socket.says('heartbeat', { ack: true }, 'r2');
    expect(socket.take()).toEqual([{ event: 'heartbeat', data: { ack: true }, ref: 'r1' }]);
  });
});

describe('A connection after its register', () => {
  it('is answered already_registered to a second register, which changes nothing', async () => {
    const { socket, connection } = await node.join('peer-alice');
    const { session } = connection;
    socket.says('register', identity('peer-other'), 'r1');
    await settled();
    expect(socket.take()).toMatchObject([{ data: { code: 'already_registered', event: 'register' }, ref: 'r1' }]);
    expect(connection.session).toBe(session);
    expect(node.licenses.asked).toHaveLength(1);
  });

  it('handles a concurrent second register after the first', async () => {
    const { socket } = node.connect();
    socket.says('register', identity('peer-alice'), 'r1');
    socket.says('register', identity('peer-alice'), 'r2');
    await settled();
    expect(socket.take()).toMatchObject([
      { event: 'registered', ref: 'r1' },
      { data: { code: 'already_registered' }, ref: 'r2' },
    ]);
  });

  it.each(EVENTS.filter((event) => event !== 'register'))('passes %s to its handler', async (event) => {
    const { socket } = await node.join('peer-alice');
    const all = { call_id: CALL, peer_id: 'peer-bobby', signal: {}, add: [] };
    socket.says(event, all, 'r1');
    await settled();
    const answers: Partial<Record<ClientEventName, object>> = {
      heartbeat: { event: 'heartbeat' },
      contacts: { event: 'presence', data: { peers: [] } },
      call: { event: 'error', data: { code: 'peer_offline', event, call_id: CALL } },
    };
    const notFound = { event: 'error', data: { code: 'call_not_found', event, call_id: CALL } };
    expect(socket.take()).toMatchObject([{ ref: 'r1', ...(answers[event] ?? notFound) }]);
  });

  const malformed: [ClientEventName, object, RegExp][] = [
    ['contacts', { add: ['short'] }, /^add\.0: /],
    ['contacts', { remove: 'peer-bobby' }, /^remove: /],
    ['call', { call_id: CALL }, /^peer_id: /],
    ['call', { peer_id: 'peer-bobby', call_id: 'x y z w 1' }, /^call_id: /],
    ['accept', {}, /^call_id: /],
    ['reject', { call_id: CALL, reason: 'tired' }, /^reason: /],
    ['signal', { call_id: CALL }, /^signal: /],
    ['signal', { call_id: CALL, signal: [] }, /^signal: /],
    ['signal', { call_id: CALL, signal: 'sdp' }, /^signal: /],
    ['established', { call_id: 7 }, /^call_id: /],
    ['hangup', {}, /^call_id: /],
    ['heartbeat', { ack: 'yes' }, /^ack: /],
  ];
  it.each(malformed)(
    'stays open after malformed data of %s, and the answer names the field: %j',
    async (event, data, named) => {
      const { socket } = await node.join('peer-alice');
      socket.says(event, data, 'r1');
      await settled();
      const [answer] = socket.take();
      expect(answer).toMatchObject({ event: 'error', data: { code: 'bad_data', event }, ref: 'r1' });
      expect(String(answer?.data['message'])).toMatch(named);
      expect(socket.closes).toEqual([]);
    },
  );
});

describe('A frame without a known event', () => {
  it.each(['', 'Register', 'ring', 'constructor', '__proto__', 'toString'])(
    'is answered unknown_event: %s',
    (event) => {
      const { socket } = node.connect();
      socket.says(event, {}, 'r1');
      expect(socket.take()).toMatchObject([{ data: { code: 'unknown_event', event }, ref: 'r1' }]);
      expect(node.events).toEqual(['unknown']);
    },
  );

  it('is repeated only in part', async () => {
    const { socket } = node.connect();
    socket.says('x'.repeat(60_000));
    await settled();
    expect(socket.take()[0]?.data['event']).toBe('x'.repeat(64));
  });

  it.each(['', 'hello', '[]', 'null', '7', '{"data":{}}', '{"event":7}', '{"event":"call","data":[]}'])(
    'is answered bad_message if it is malformed: %s',
    (text) => {
      const { socket } = node.connect();
      socket.saysText(text);
      expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'bad_message' } }]);
      expect(socket.closes).toEqual([]);
    },
  );

  it('is answered bad_message if it is binary, even if its bytes are a valid frame', () => {
    const { socket } = node.connect();
    socket.saysBinary(Buffer.from('{"event":"heartbeat"}'));
    expect(socket.take()).toMatchObject([{ data: { code: 'bad_message' } }]);
  });
});

describe('A connection beyond the limits', () => {
  it('is answered to each dropped frame, and closed with 4003 after too many within a minute', async () => {
    const { socket } = await node.join('peer-alice');
    node.limits.take = () => 250;
    for (let i = 1; i <= 3; i += 1) socket.says('signal', { call_id: CALL, signal: {} }, `r${i}`);
    const answer = { code: 'rate_limited', event: 'signal', call_id: CALL, retry_after_ms: 250 };
    expect(socket.take()).toMatchObject([
      { data: answer, ref: 'r1' },
      { data: answer, ref: 'r2' },
      { data: answer, ref: 'r3' },
    ]);
    expect(socket.closes).toEqual([{ code: 4003, reason: 'retry_after_ms=250' }]);
  });

  it('is refused and closed at once if the frame is its register', () => {
    const { socket } = node.connect();
    node.limits.take = () => 1500;
    socket.says('register', identity('peer-alice'), 'r1');
    expect(socket.take()).toMatchObject([{ data: { code: 'rate_limited', event: 'register' }, ref: 'r1' }]);
    expect(socket.closes).toEqual([{ code: 4003, reason: 'retry_after_ms=1500' }]);
  });

  it('is closed with 4003 if it continues beyond the call limit of its peer', async () => {
    const { socket } = await node.join('peer-alice');
    for (let i = 0; i < 4; i += 1) socket.says('call', { peer_id: 'peer-bobby', call_id: `call-000${i}` }, `r${i}`);
    await settled();
    expect(socket.take().map(({ data }) => data['code'])).toEqual([
      'peer_offline',
      'rate_limited',
      'rate_limited',
      'rate_limited',
    ]);
    expect(socket.closeCodes).toEqual([4003]);
  });
});
