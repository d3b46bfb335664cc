import { describe, expect, it } from '@jest/globals';
import { eventually, type ServerFrame, type TestPeer } from '@white-rabbit/testing';
import { ask, type RedisProcess } from '@white-rabbit/testing/redis';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { ACK, presenceOf } from './answers.js';
import { GENEROUS, PRESENCE_MS } from './settings.js';

/** Time from the loss of a primary until its replica serves and the gateways have recovered. Milliseconds. */
const FAILOVER_MS = 15_000;

describe.each([
  { topology: 'sentinel', name: 'a primary and its replica behind three Sentinels' },
  { topology: 'cluster', name: 'a Redis Cluster of three primaries and three replicas' },
] as const)('Two gateways on $name', ({ topology }) => {
  // The default limit of registers, so that Redis counts them.
  const { WR_REGISTERS_PER_MINUTE: _, ...generous } = GENEROUS;
  const cluster = useCluster(2, { env: generous, redis: topology });

  const servers = (): readonly RedisProcess[] => {
    if (topology === 'cluster') return [...cluster.redisCluster.primaries, ...cluster.redisCluster.replicas];
    return [cluster.redisSentinel.primary, cluster.redisSentinel.replica];
  };

  /** The data of the next frame of this call; an earlier call may have failed halfway. */
  const of = async (peer: TestPeer, event: 'signal' | 'hangup', call_id: string): Promise<object> => {
    const isOfCall = (frame: ServerFrame) => frame.event === event && frame.data.call_id === call_id;
    return (await peer.nextWhere(`${event} of ${call_id}`, isOfCall)).data;
  };

  /** A call with a signal in each direction, from ring to hangup. */
  const talk = async (alice: TestPeer, bob: TestPeer): Promise<void> => {
    const call_id = await cluster.call(alice, bob);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(await from.ask('signal', { call_id, signal: { from: from.peer_id } })).toMatchObject(ACK);
      expect(await of(to, 'signal', call_id)).toMatchObject({ signal: { from: from.peer_id } });
    }
    await alice.ask('hangup', { call_id });
    await of(bob, 'hangup', call_id);
  };

  it('register peers, show their presence and carry their calls, with the rights of wr-gateway alone', async () => {
    const bob = await cluster.connect('bob', { at: 1 });
    const alice = await cluster.peer('alice', { contacts: [bob.peer_id] });
    expect(await alice.next('presence')).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));
    await bob.join();
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'ONLINE'));
    await talk(alice, bob);

    const moved = await cluster.connectAs(bob.identity, 0);
    await moved.join();
    expect(await bob.closed()).toMatchObject({ code: 4503 });
    await alice.expectNothing('presence');
    await talk(moved, alice);
    await moved.close();
    expect(await alice.next('presence', PRESENCE_MS)).toMatchObject(presenceOf(bob.peer_id, 'OFFLINE'));

    for (const gateway of cluster.gateways) expect(await gateway.metrics()).toMatch(/^wr_redis_errors_total.* 0$/m);
    // Whatever a user was refused is in the log of its server.
    for (const { port } of servers()) expect(await ask(port, 'acl', 'log')).toBe('');
  });

  it('keep all sessions through the loss of a primary, and carry calls again after the fail-over', async () => {
    const [alice, bob] = await cluster.pair(1);
    const others = await Promise.all(Array.from({ length: 30 }, (_, n) => cluster.peer(`peer-${n}`, { at: n % 2 })));
    const ids = others.map(({ peer_id }) => peer_id);
    const watcher = await cluster.peer('watcher', { contacts: ids });
    const statuses = async (peer: TestPeer) => (await peer.next('presence')).data.peers.map(({ status }) => status);
    expect(new Set(await statuses(watcher))).toEqual(new Set(['ONLINE']));

    await servers()[0]?.kill();
    const isBack = async () => {
      await talk(alice, bob);
      return true;
    };
    await eventually('they talk again', isBack, { deadlineMs: FAILOVER_MS });
    const joins = async () => {
      const late = await cluster.peer('late', { at: 1, contacts: ids });
      return (await statuses(late)).every((status) => status === 'ONLINE');
    };
    await eventually('a new peer sees all others', joins, { deadlineMs: FAILOVER_MS, everyMs: 500 });
    await watcher.expectNothing('presence');
    for (const peer of [alice, bob, watcher, ...others]) expect(peer.socket.readyState).toBe(peer.socket.OPEN);
  });
});
