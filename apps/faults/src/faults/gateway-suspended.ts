import type { GatewayProcess } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import type { SignalLimits } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const CLIENTS = 300;
const VICTIM = 2;
/**
 * Until its peers are OFFLINE, half of all signals go to them or wait there. What the clients that move, 20 of
 * 300, have sent to it for 16 s has no outcome, and what was sent to them is unproven: 3 % each.
 */
const SIGNALS: SignalLimits = { acked: 0.6, hidden: 0.06, isCalm: false };
const MOVED = 20;
/** docs/protocol.md, section 5. Milliseconds. */
const OFFLINE_MS = 15_000;
/** After the gateway runs again, all its peers are ONLINE. Milliseconds. */
const BACK_MS = 5_000;
/** The clients that move do so this long before the gateway runs again. Milliseconds. */
const MOVE_BEFORE_MS = 4_000;

/** How a gateway is kept from running, with its sockets open. */
interface Suspension {
  readonly forMs: number;
  /** Settings of the gateways. */
  readonly env?: Readonly<Record<string, string>>;
  begin(gateway: GatewayProcess): void;
  end?(gateway: GatewayProcess): void;
}

async function run(run: Parameters<Row['run']>[0], scale: number, suspension: Suspension): Promise<void> {
  const { forMs, env = {} } = suspension;
  await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(CLIENTS, scale), env });
  const gateway = scenario.cluster.gateway(VICTIM);
  const sessions = scenario.clients.at(VICTIM);
  const victims = new Set(sessions.map(({ peer }) => peer));
  const offline = new Set<string>();
  let lastMs = 0;
  const startMs = scenario.nowMs;
  const watchers = scenario.clients.online.filter(({ gateway: at }) => at !== VICTIM);
  const watched = watchers.flatMap(({ identity }) => identity.contacts ?? []).filter((peer) => victims.has(peer));
  for (const watcher of watchers) {
    watcher.onPresence = (peer, status) => {
      if (status !== 'OFFLINE' || !victims.has(peer) || offline.has(peer)) return;
      offline.add(peer);
      lastMs = scenario.nowMs - startMs;
    };
  }
  scenario.stopsRunning(VICTIM);
  suspension.begin(gateway);
  await scenario.pass(forMs - MOVE_BEFORE_MS);
  // Their devices register elsewhere while the gateway cannot notice it.
  const moved = scenario.clients.some(sized(MOVED, scale, 4), sessions);
  // Those that move before the others must have noticed are not judged: they may never be OFFLINE.
  const spared = new Set(forMs - MOVE_BEFORE_MS < OFFLINE_MS ? moved.map(({ peer }) => peer) : []);
  for (const client of moved) client.move();
  await scenario.pass(MOVE_BEFORE_MS);
  suspension.end?.(gateway);
  scenario.runsAgain(VICTIM);
  const backMs = await scenario.until(() => scenario.isRight, 3 * BACK_MS);
  run.figures.add('sessions of the gateway', victims.size, '', { atLeast: 1 });
  const unspared = (peers: Iterable<string>) => [...new Set(peers)].filter((peer) => !spared.has(peer)).length;
  run.figures.add('of these seen OFFLINE by sessions at other gateways', unspared(offline), '', {
    exactly: unspared(watched),
  });
  run.figures.add('last OFFLINE after', Math.round(lastMs), 'ms', { atMost: OFFLINE_MS });
  run.figures.add('all ONLINE again after', Math.round(backMs), 'ms', { atMost: BACK_MS });
  await scenario.pass(BACK_MS);
  const kept = moved.filter((client) => client.isRegistered && client.gateway !== VICTIM);
  run.figures.add('moved sessions that stayed', kept.length, '', { exactly: moved.length });
  await conclude(scenario, SIGNALS);
}

const PROMISE = 'its peers are OFFLINE ≤ 15 s, all ONLINE ≤ 5 s after it runs again; moved peers keep their new route';

/** The process is stopped by the system. */
export const gatewayStopped: Row = {
  number: 4,
  title: 'A gateway is stopped for 20 s (SIGSTOP, SIGCONT)',
  promise: PROMISE,
  run: (to, scale) =>
    run(to, scale, { forMs: 20_000, begin: (gateway) => gateway.pause(), end: (gateway) => gateway.resume() }),
};

const BLOCKED_MS = 12_000;
/** Loaded into the gateway: SIGUSR2 blocks its event loop. */
const BLOCK = `process.on('SIGUSR2',()=>{const e=performance.now()+${BLOCKED_MS};while(performance.now()<e);})`;
const BLOCKABLE = `--import=data:text/javascript,${encodeURIComponent(BLOCK)}`;

/** The lease ends although the process runs. */
export const gatewayBlocked: Row = {
  number: 23,
  title: 'The event loop of a gateway is blocked for 12 s',
  promise: PROMISE,
  run: (to, scale) =>
    run(to, scale, {
      forMs: BLOCKED_MS,
      env: { NODE_OPTIONS: BLOCKABLE },
      begin: ({ process }) => void process.kill('SIGUSR2'),
    }),
};
