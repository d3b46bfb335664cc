import { describe, expect, it } from '@jest/globals';
import { identity, startNode, type TestNode } from '../../test/unit/gateway-node.js';
import { settled } from '../../test/unit/settled.js';
import { Source } from './source.js';

let node: TestNode;

async function start(maxUnregistered = 100): Promise<void> {
  node = await startNode({ env: { WR_MAX_UNREGISTERED: `${maxUnregistered}` } });
}

function sourceWith(unregistered: number, name = '192.0.2.1'): Source {
  const rules = { connectRate: 0, connectBurst: 1, unregistered, refusalsPerMinute: 0, onLimited: () => undefined };
  return new Source(name, rules);
}

describe('A connection', () => {
  it('counts for its source until it registers or ends, once, and then does not refer to it', async () => {
    await start();
    const source = sourceWith(9);
    const [one, two] = [node.connect(source), node.connect(source)];
    expect(source.unregistered).toBe(2);
    one.socket.says('register', identity('peer-alice'));
    await settled();
    expect([source.unregistered, one.socket.source]).toEqual([1, undefined]);
    one.connection.close(4503);
    expect(source.unregistered).toBe(1);
    two.socket.vanishes();
    two.connection.close(1012);
    expect([source.unregistered, two.socket.source]).toEqual([0, undefined]);
  });
});

describe('A source at its limit of unregistered connections', () => {
  it('gets one more in exchange for its own oldest silent one, which is closed with 1013; others are not affected', async () => {
    await start();
    const [source, other] = [sourceWith(2), sourceWith(2, '192.0.2.2')];
    const all = [node.connect(other), node.connect(source), node.connect(source)];
    expect(node.connections.makeRoom(source)).toBe(true);
    expect(all.map(({ socket }) => socket.closeCodes)).toEqual([[], [1013], []]);
    expect([source.unregistered, other.unregistered]).toEqual([1, 1]);
    expect(node.connections.makeRoom(source)).toBe(true);
    expect(all.map(({ socket }) => socket.closeCodes)).toEqual([[], [1013], []]);
  });

  it('gets none while all of them have a pending register', async () => {
    await start();
    const [source, other] = [sourceWith(2), sourceWith(2, '192.0.2.2')];
    const silent = node.connect(other);
    for (const { connection } of [node.connect(source), node.connect(source)]) connection.isRegistering = true;
    expect(node.connections.makeRoom(source)).toBe(false);
    expect([node.connections.makeRoom(other), silent.socket.closeCodes]).toEqual([true, []]);
  });
});

describe('A session', () => {
  it('no longer counts as unregistered', async () => {
    await start();
    await node.join('peer-alice');
    node.connect();
    expect(node.connections).toMatchObject({ open: 2, unregistered: 1 });
  });

  it('takes no capacity from unregistered connections, however many sessions there are', async () => {
    await start(2);
    const sessions = [await node.join('peer-alice'), await node.join('peer-bobby'), await node.join('peer-carol')];
    expect(node.connections.makeRoom()).toBe(true);
    expect(sessions.flatMap(({ socket }) => socket.closeCodes)).toEqual([]);
  });
});

describe('The limit of unregistered connections', () => {
  it('closes the oldest silent connection with 1013', async () => {
    await start(3);
    const [trying, oldest, newest] = [node.connect(), node.connect(), node.connect()];
    trying.connection.isRegistering = true;
    expect(node.connections.makeRoom()).toBe(true);
    expect(oldest.socket.closes).toEqual([{ code: 1013, reason: 'retry_after_ms=1000' }]);
    expect([trying, newest].flatMap(({ socket }) => socket.closeCodes)).toEqual([]);
    expect(node.connections.unregistered).toBe(2);
  });

  it('closes no connection while all of them have a pending register', async () => {
    await start(1);
    const { socket, connection } = node.connect();
    connection.isRegistering = true;
    expect(node.connections.makeRoom()).toBe(false);
    expect(socket.closeCodes).toEqual([]);
  });
});
