import { newIdentity } from '@white-rabbit/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Random } from '../src/clients/random.js';
import { SimulatedClients } from '../src/clients/simulated-clients.js';
import { Traffic } from '../src/clients/traffic.js';
import type { Deadlines } from '../src/oracle/deadlines.js';
import { ObservedClock } from '../src/oracle/observed-clock.js';
import { Oracle } from '../src/oracle/oracle.js';
import type { ViolationKind } from '../src/oracle/violations.js';
import { Figures } from '../src/scenario/figures.js';
import { addSignalFigures } from '../src/scenario/signal-limits.js';
import { LyingServer, type Lie } from './lying-server.js';

const CLIENTS = 24;
/** Signals of a run: enough for every lie. */
const SIGNALS = 400;
/** A run without a violation ends after this time at the latest. Milliseconds. */
const PATIENCE_MS = 40_000;
const RUN_MS = 60_000;

/** Deadlines that fit a server in the same process. */
const SHORT: Deadlines = {
  outcomeMs: 800,
  arrivalMs: 300,
  noticedMs: 300,
  onlineMs: 500,
  offlineMs: 800,
  killedMs: 800,
  recoveryMs: 500,
  limboMs: 800,
  reachedMs: 500,
  ringMs: 1_500,
};

const clock = { current: undefined as ObservedClock | undefined };
let server: LyingServer | undefined;
let clients: SimulatedClients | undefined;
let traffic: Traffic | undefined;
afterEach(async () => {
  traffic?.stop();
  clients?.leave();
  clock.current?.stop();
  await server?.stop();
});

/** The oracle after clients with traffic have used the server until it found the lie, or until all was sent and judged. */
async function judged(lie?: Lie, kind?: ViolationKind): Promise<Oracle> {
  const own = await LyingServer.start(lie);
  server = own;
  const observed = new ObservedClock();
  clock.current = observed;
  const oracle = new Oracle(observed, SHORT);
  const random = new Random(1);
  const all = new SimulatedClients({
    identities: Array.from({ length: CLIENTS }, () => ({ ...newIdentity('c'), license_key: 'none' })),
    oracle,
    random,
    gatewayOf: () => 0,
    endpoints: () => [{ gateway: 0, url: own.url }],
  });
  clients = all;
  await all.connect();
  const busy = new Traffic(all, random, { signalsPerSecond: 400, callsPerClient: 1, haste: 20, established: 0.5 });
  traffic = busy;
  const end = performance.now() + PATIENCE_MS;
  let isLeaving = false;
  const isFound = () => (kind === undefined ? oracle.violations.total > 0 : oracle.violations.kinds.includes(kind));
  while (performance.now() < end && !isFound()) {
    await new Promise((next) => setTimeout(next, 50));
    oracle.judge();
    if (oracle.signals.figures.sent > SIGNALS && !isLeaving) {
      isLeaving = true;
      for (const client of all.some(CLIENTS / 2)) client.leave('terminate');
    }
    // Twice the longest deadline after the last action.
    if (kind === undefined && isLeaving && oracle.signals.figures.sent > 5 * SIGNALS) break;
  }
  return oracle;
}

describe('Oracle', () => {
  it(
    'finds nothing wrong with an honest server that it has seen enough of',
    async () => {
      const oracle = await judged();
      expect(oracle.violations.lines).toEqual([]);
      expect(oracle.signals.figures.arrived).toBeGreaterThan(SIGNALS);
      expect(oracle.signals.figures.acked).toBeGreaterThan(SIGNALS);
      expect(oracle.presence.views).toBeGreaterThan(50);
      expect(oracle.requests.answers).toBeGreaterThan(SIGNALS);
    },
    RUN_MS,
  );

  it(
    'finds nothing in a server that refuses every signal; the limits of the outcomes do',
    async () => {
      const oracle = await judged('refuses every signal');
      expect(oracle.violations.lines).toEqual([]);
      const figures = new Figures();
      addSignalFigures(figures, oracle.signals.figures, { acked: 0.1, isCalm: false });
      expect(figures.areKept).toBe(false);
    },
    RUN_MS,
  );

  it.each<readonly [Lie, ViolationKind]>([
    ['loses a signal', 'lost'],
    ['acknowledges what it drops', 'false_ack'],
    ['doubles a signal', 'doubled'],
    ['reorders two signals', 'reordered'],
    ['makes up a signal', 'invented'],
    ['refuses and delivers', 'refused_but_delivered'],
    ['delivers to a third peer', 'misdelivered'],
    ['rings a third peer', 'misdelivered'],
    ['accepts in the name of a third peer', 'misdelivered'],
    ['hangs up in the name of a third peer', 'misdelivered'],
    ['never answers', 'outcome_missing'],
    ['answers twice', 'outcome_twice'],
    ['reports a peer OFFLINE', 'false_offline'],
    ['never reports ONLINE', 'false_offline'],
    ['keeps a peer ONLINE', 'false_online'],
    ['repeats ONLINE of a peer that is gone', 'false_online'],
    ['leaves out a contact', 'unseen'],
    ['hides the end of a call', 'limbo'],
    ['lets it ring', 'endless_ring'],
    ['rings twice', 'doubled'],
    ['disturbs an established call', 'established_disturbed'],
    ['sends nonsense', 'malformed'],
  ])(
    'detects a server that %s',
    async (lie, kind) => {
      const oracle = await judged(lie, kind);
      expect(oracle.violations.kinds).toContain(kind);
    },
    RUN_MS,
  );
});
