import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLUSTER_START_MS, eventually, newIdentity } from '@white-rabbit/testing';
import { setInterval as every } from 'node:timers/promises';
import { useCluster } from '@white-rabbit/testing/use-cluster';
import { GENEROUS, NODE_LOSS_MS } from './settings.js';
import { SoakPeer } from './soak-peer.js';

/** Concurrent sessions at three gateways. */
const SESSIONS = 2_000;
const GATEWAYS = 3;
/** Pairs that are in a call throughout. The other sessions reconnect or only watch. */
const PAIRS = 500;
/** Those of the other sessions that disconnect and reconnect. */
const WANDERERS = 200;
/** Duration of the soak. */
const LASTS_MS = 60_000;
/** Interval of the rounds; each has a signal per call and a part of the reconnects. */
const ROUND_MS = 2_000;

const cluster = useCluster(GATEWAYS, { env: GENEROUS });
let peers: SoakPeer[];
let keys: readonly string[];

beforeAll(async () => {
  const devicesOfEach = 1_000;
  const licenses = await cluster.licenses.issue({ count: SESSIONS / devicesOfEach, maxDevices: devicesOfEach });
  keys = licenses.map(({ license_key }) => license_key);
}, CLUSTER_START_MS);

/** The peers of a pair are at different gateways; each watches the next three. */
async function joinAll(): Promise<SoakPeer[]> {
  const identities = Array.from({ length: SESSIONS }, (_, index) => newIdentity(`p${index}`));
  const joined: SoakPeer[] = [];
  for (const [index, ids] of identities.entries()) {
    const contacts = [1, 2, 3].map((step) => identities[(index + step) % SESSIONS]?.peer_id ?? '');
    const identity = { ...ids, license_key: keys[index % keys.length] ?? '', contacts };
    const peer = await cluster.connectAs(identity, index % GATEWAYS);
    await peer.join();
    joined.push(new SoakPeer(peer));
  }
  return joined;
}

const at = (index: number): SoakPeer => {
  const found = peers[index];
  if (!found) throw new Error(`There is no peer ${index}.`);
  return found;
};

describe('Three gateways with 2,000 sessions', () => {
  it('lose nothing in a minute, and have the correct presence at its end', async () => {
    peers = await joinAll();
    const calls = new Map<number, string>();
    for (let pair = 0; pair < PAIRS; pair += 1) {
      calls.set(pair, await cluster.call(at(2 * pair).peer, at(2 * pair + 1).peer));
    }

    const outcomes: Promise<void>[] = [];
    const start = performance.now();
    let wanderer = SESSIONS - WANDERERS;
    for await (const _ of every(ROUND_MS)) {
      if (performance.now() - start > LASTS_MS) break;
      for (const [pair, call_id] of calls) {
        outcomes.push(at(2 * pair).signal(call_id), at(2 * pair + 1).signal(call_id));
      }
      for (const end = wanderer + 5; wanderer < end; wanderer += 1) outcomes.push(wander(wanderer));
    }
    await Promise.all(outcomes);
    // Three of four reconnecting sessions are back at another gateway; one has disconnected permanently.
    await eventually('each peer has the correct presence', () => wrong().length === 0, { deadlineMs: NODE_LOSS_MS });

    expect(peers.flatMap(({ unexpected }) => unexpected).slice(0, 5)).toEqual([]);
    for (const [pair, call_id] of calls) expectWhole(at(2 * pair), at(2 * pair + 1), call_id);
    const closed = peers.filter(({ peer }) => peer.socket.readyState !== peer.socket.OPEN);
    expect(closed.length).toBe(gone.size);
  }, 240_000);

  const gone = new Set<string>();

  /** Disconnects, and either reconnects at the next gateway or not. */
  async function wander(index: number): Promise<void> {
    const { peer } = at(index);
    await peer.close();
    if (index % 4 === 0) {
      gone.add(peer.peer_id);
      return;
    }
    const back = await cluster.connectAs(peer.identity, (index + 1) % GATEWAYS);
    await back.join();
    peers[index] = new SoakPeer(back);
  }

  /** The presence that connected peers have received and that is wrong. */
  function wrong(): string[] {
    return peers.flatMap(({ peer, presence }) =>
      gone.has(peer.peer_id)
        ? []
        : [...presence].flatMap(([peer, status]) => (status === (gone.has(peer) ? 'OFFLINE' : 'ONLINE') ? [] : [peer])),
    );
  }
});

/** Expects that every signal of either side has arrived once and in order, and was acknowledged. */
function expectWhole(one: SoakPeer, other: SoakPeer, call_id: string): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(from.acknowledged).toBe(from.sent);
    expect(to.signals.get(call_id)).toEqual(Array.from({ length: from.sent }, (_, n) => n));
  }
}
