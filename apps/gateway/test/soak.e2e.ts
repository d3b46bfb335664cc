import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, newIdentity } from '@white-rabbit/testing';
import { setInterval as every } from 'node:timers/promises';
import { onStage } from './on-stage.js';
import { GENEROUS, NODE_LOSS_MS, STAGE_MS } from './settings.js';
import { SoakPlayer } from './soak-player.js';

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

const stage = onStage(GATEWAYS, { env: GENEROUS });
let players: SoakPlayer[];
let keys: readonly string[];

beforeAll(async () => {
  const devicesOfEach = 1_000;
  const licenses = await stage.cluster.licenses.issue({ count: SESSIONS / devicesOfEach, maxDevices: devicesOfEach });
  keys = licenses.map(({ license_key }) => license_key);
}, STAGE_MS);

/** The peers of a pair are at different gateways; each watches the next three. */
async function everybodyJoins(): Promise<SoakPlayer[]> {
  const people = Array.from({ length: SESSIONS }, (_, index) => newIdentity(`p${index}`));
  const joined: SoakPlayer[] = [];
  for (const [index, somebody] of people.entries()) {
    const contacts = [1, 2, 3].map((step) => people[(index + step) % SESSIONS]?.peer_id ?? '');
    const identity = { ...somebody, license_key: keys[index % keys.length] ?? '', contacts };
    const player = await stage.socketOf(identity, index % GATEWAYS);
    await player.join();
    joined.push(new SoakPlayer(player));
  }
  return joined;
}

const at = (index: number): SoakPlayer => {
  const found = players[index];
  if (!found) throw new Error(`There is no player ${index}.`);
  return found;
};

describe('Three gateways with 2,000 sessions', () => {
  it('lose nothing in a minute, and have the correct presence at its end', async () => {
    players = await everybodyJoins();
    const calls = new Map<number, string>();
    for (let pair = 0; pair < PAIRS; pair += 1) {
      calls.set(pair, await stage.call(at(2 * pair).player, at(2 * pair + 1).player));
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
    await eventually('everybody knows who is there', () => wrong().length === 0, { deadlineMs: NODE_LOSS_MS });

    expect(players.flatMap(({ surprises }) => surprises).slice(0, 5)).toEqual([]);
    for (const [pair, call_id] of calls) expectWhole(at(2 * pair), at(2 * pair + 1), call_id);
    const closed = players.filter(({ player }) => player.socket.readyState !== player.socket.OPEN);
    expect(closed.length).toBe(gone.size);
  }, 240_000);

  const gone = new Set<string>();

  /** Disconnects, and either reconnects at the next gateway or not. */
  async function wander(index: number): Promise<void> {
    const { player } = at(index);
    await player.close();
    if (index % 4 === 0) {
      gone.add(player.peer_id);
      return;
    }
    const back = await stage.socketOf(player.identity, (index + 1) % GATEWAYS);
    await back.join();
    players[index] = new SoakPlayer(back);
  }

  /** The presence that connected peers have received and that is wrong. */
  function wrong(): string[] {
    return players.flatMap(({ player, presence }) =>
      gone.has(player.peer_id)
        ? []
        : [...presence].flatMap(([peer, status]) => (status === (gone.has(peer) ? 'OFFLINE' : 'ONLINE') ? [] : [peer])),
    );
  }
});

/** Expects that every signal of either side has arrived once and in order, and was acknowledged. */
function expectWhole(one: SoakPlayer, other: SoakPlayer, call_id: string): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    expect(from.acknowledged).toBe(from.sent);
    expect(to.signals.get(call_id)).toEqual(Array.from({ length: from.sent }, (_, n) => n));
  }
}
