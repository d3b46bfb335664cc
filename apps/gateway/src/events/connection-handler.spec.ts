import { beforeEach, describe, expect, it } from '@jest/globals';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';

let node: TestNode;
let log: string[];

beforeEach(async () => {
  log = [];
  node = await startNode({ onLog: (line) => log.push(line) });
});

const SECRET = 'peer-secret-canary';
const CALL = 'call-secret-canary';

/** Makes the look-up of a callee fail in a way that no engine should. */
function breakDirectory(how: () => never): void {
  node.engines.routes.find = () => how();
}

async function failures(): Promise<string | undefined> {
  const text = await node.metrics.registry.metrics();
  return /^wr_failures_total\{where="frame"\} (\d+)$/m.exec(text)?.[1];
}

describe('A failing handler', () => {
  const ways: [string, () => never][] = [
    [
      'throws',
      () => {
        throw new TypeError(`cannot read ${SECRET}`);
      },
    ],
    ['rejects', () => Promise.reject(new TypeError(`cannot read ${SECRET}`)) as never],
  ];

  it.each(ways)(
    'that %s is answered with the ref and the call, and nothing of the frame appears in the log',
    async (_, how) => {
      const { socket } = await node.join('peer-alice');
      breakDirectory(how);
      socket.says('call', { peer_id: SECRET, call_id: CALL }, 'ref-secret-canary');
      await settled();
      expect(socket.take()).toMatchObject([
        { event: 'error', data: { code: 'internal', event: 'call', call_id: CALL }, ref: 'ref-secret-canary' },
      ]);
      expect(log).toHaveLength(1);
      expect(JSON.parse(log[0] ?? '')).toMatchObject({ event: 'frame_failed', error: 'TypeError' });
      expect(log.join()).not.toContain('secret');
      expect(await failures()).toBe('1');
    },
  );

  it('does not stop the frames behind its frame', async () => {
    const { socket } = await node.join('peer-alice');
    breakDirectory(() => {
      throw new Error('broken');
    });
    socket.says('call', { peer_id: SECRET, call_id: CALL });
    socket.says('heartbeat', {}, 'r2');
    await settled();
    expect(socket.take()).toMatchObject([{ event: 'error' }, { event: 'heartbeat', ref: 'r2' }]);
    expect(socket.closes).toEqual([]);
  });

  it('is answered also if it fails synchronously', () => {
    const { connection, socket } = node.connect();
    node.limits.take = () => {
      throw new Error('broken');
    };
    expect(node.handler.frames.handle(connection, undefined, 1, 0)).toBeUndefined();
    expect(socket.take()).toMatchObject([{ event: 'error', data: { code: 'internal', event: '' } }]);
  });
});

describe('A connection', () => {
  it('counts as unregistered until it has registered', async () => {
    node.connect();
    expect(node.connections.unregistered).toBe(1);
    await node.join('peer-alice');
    expect(node.connections).toMatchObject({ open: 2, unregistered: 1 });
  });

  it('leaves nothing of its session when it ends', async () => {
    const alice = await node.join('peer-alice', ['peer-bobby']);
    const bob = await node.join('peer-bobby', ['peer-alice']);
    alice.socket.says('call', { peer_id: 'peer-bobby', call_id: CALL });
    await settled();
    bob.socket.take();
    alice.socket.vanishes();
    await settled();
    expect(bob.socket.take()).toMatchObject([
      { event: 'hangup', data: { reason: 'peer_offline' } },
      { event: 'presence', data: { peers: [{ peer_id: 'peer-alice', status: 'OFFLINE' }] } },
    ]);
    bob.socket.vanishes();
    await settled();
    const { hub, routes, presence, connections } = node;
    expect([hub.size, routes.size, presence.size, connections.open]).toEqual([0, 0, 0, 0]);
  });

  it('is closed with 4002 if its client does not read, and its session ends', async () => {
    const { socket } = await node.join('peer-alice');
    socket.waitingBytes = 2 ** 20 + 1;
    socket.says('heartbeat');
    expect(socket.closeCodes).toEqual([4002]);
    expect(node.hub.size).toBe(0);
  });

  it('no longer counts as unregistered if it ends during its register', async () => {
    const { socket } = node.connect();
    socket.says('register', identity('peer-alice'));
    socket.vanishes();
    await settled();
    expect([node.connections.open, node.connections.unregistered, node.hub.size]).toEqual([0, 0, 0]);
  });
});
