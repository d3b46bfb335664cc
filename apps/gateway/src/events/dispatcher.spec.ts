import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_EVENTS, type ClientEventName } from '@white-rabbit/protocol';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

let node: TestNode;

beforeEach(async () => {
  node = await startNode({ env: { WR_CALLS_PER_MINUTE: '1', WR_RATE_LIMITED_PER_MINUTE: '3' } });
});
afterEach(() => {
  node.stop();
});

const CALL = 'call-0001';
const EVENTS = Object.keys(CLIENT_EVENTS) as ClientEventName[];
const NEEDS_SESSION = EVENTS.filter((event) => event !== 'register' && event !== 'heartbeat');

describe('Before register', () => {
  it.each(NEEDS_SESSION)('%s is answered not_registered, whatever its data', (event) => {
    const { socket } = node.connect();
    socket.says(event, {}, 'r1');
    expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'not_registered', event }, ref: 'r1' }]);
    expect(socket.closes).toEqual([]);
  });

  it('heartbeat is answered, and an ack is not', () => {
    const { socket } = node.connect();
    socket.says('heartbeat', undefined, 'r1');
    socket.says('heartbeat', { ack: true }, 'r2');
    expect(socket.take()).toEqual([{ event: 'heartbeat', data: { ack: true }, ref: 'r1' }]);
  });
});

describe('After register', () => {
  it('a second register is answered already_registered and changes nothing', async () => {
    const { socket, connection } = await node.join('peer-alice');
    const { session } = connection;
    socket.says('register', identity('peer-other'), 'r1');
    await settled();
    expect(socket.take()).toMatchObject([{ data: { code: 'already_registered', event: 'register' }, ref: 'r1' }]);
    expect(connection.session).toBe(session);
    expect(node.licenses.asked).toHaveLength(1);
  });

  it('a second register in the very same moment waits for the first', async () => {
    const { socket } = node.connect();
    socket.says('register', identity('peer-alice'), 'r1');
    socket.says('register', identity('peer-alice'), 'r2');
    await settled();
    expect(socket.take()).toMatchObject([
      { event: 'registered', ref: 'r1' },
      { data: { code: 'already_registered' }, ref: 'r2' },
    ]);
  });

  it.each(EVENTS.filter((event) => event !== 'register'))('%s reaches its handler', async (event) => {
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
    'malformed data of %s names the field and leaves the socket open: %j',
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

describe('What is no event', () => {
  it.each(['', 'Register', 'ring', 'constructor', '__proto__', 'toString'])(
    'is answered unknown_event: %s',
    (event) => {
      const { socket } = node.connect();
      socket.says(event, {}, 'r1');
      expect(socket.take()).toMatchObject([{ data: { code: 'unknown_event', event }, ref: 'r1' }]);
      expect(node.events).toEqual(['unknown']);
    },
  );

  it('is repeated in part only', async () => {
    const { socket } = node.connect();
    socket.says('x'.repeat(60_000));
    await settled();
    expect(socket.take()[0]?.data['event']).toBe('x'.repeat(64));
  });

  it.each(['', 'hello', '[]', 'null', '7', '{"data":{}}', '{"event":7}', '{"event":"call","data":[]}'])(
    'nor a frame is answered bad_message: %s',
    (text) => {
      const { socket } = node.connect();
      socket.saysText(text);
      expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'bad_message' } }]);
      expect(socket.closes).toEqual([]);
    },
  );

  it('in binary is answered bad_message, even where it would be a frame', () => {
    const { socket } = node.connect();
    socket.saysBinary(Buffer.from('{"event":"heartbeat"}'));
    expect(socket.take()).toMatchObject([{ data: { code: 'bad_message' } }]);
  });
});

describe('Beyond the limits', () => {
  it('a frame is dropped with an answer, and one too many within a minute closes with 4003', async () => {
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

  it('a register is refused and closed at once', () => {
    const { socket } = node.connect();
    node.limits.take = () => 1500;
    socket.says('register', identity('peer-alice'), 'r1');
    expect(socket.take()).toMatchObject([{ data: { code: 'rate_limited', event: 'register' }, ref: 'r1' }]);
    expect(socket.closes).toEqual([{ code: 4003, reason: 'retry_after_ms=1500' }]);
  });

  it('of the calls of a peer it is the same: a session that goes on is closed with 4003', async () => {
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
