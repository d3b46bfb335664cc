import type { FaultProxy, TestCluster, TestPeer } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario, type Run } from '../scenario/scenario.js';
import { activationsOf, holdLicenses, newDevices, openTransactions, type NewDevice } from './activations.js';
import { sized } from './sized.js';

const DEVICES = 60;
const GATEWAYS = 3;
/** docs/protocol.md, section 5: the answer if the database cannot be asked, and 0.2 s for the clock of the client. Milliseconds. */
const ANSWER_MS = 3_200;
/** Half of a round trip, so that a query takes 2 s. Milliseconds. */
const SLOW_MS = 1_000;
/** The same for a short delay. Milliseconds. */
const APART_MS = 20;
/** The database is asked so often for a transaction that is open; each question takes some ms. */
const LOOKS = 100;
const BACK_MS = 20_000;

/** A way in which the database fails. */
interface Outage {
  readonly what: string;
  /** Breaks it; resolves with what ends the outage, to be called when all have their answers. */
  readonly breakIt: (
    scenario: Scenario,
    devices: readonly NewDevice[],
    started: readonly Promise<Answered>[],
  ) => Promise<() => Promise<void> | void>;
  /** Some activations are completed before it. */
  readonly beginsLate?: boolean;
  /** Devices that were bound before register meanwhile: only the connections for activations are taken. */
  readonly admitsKnown?: boolean;
}

/** A fault of the connections to the database. */
function inProxy(breakIt: (proxy: FaultProxy) => void): Outage['breakIt'] {
  return ({ cluster }) => {
    const { postgresProxy: proxy } = cluster.faults;
    breakIt(proxy);
    return Promise.resolve(() => proxy.pass());
  };
}

const OUTAGES: readonly Outage[] = [
  { what: 'refuses connections', breakIt: inProxy((proxy) => proxy.reset()) },
  { what: 'answers nothing', breakIt: inProxy((proxy) => proxy.blackhole()) },
  { what: 'takes 2 s for a query', breakIt: inProxy((proxy) => proxy.latency(SLOW_MS)) },
  {
    what: 'has locks that hold all connections for activations',
    breakIt: ({ cluster }, devices) => holdLicenses(cluster, devices),
    admitsKnown: true,
  },
  {
    what: 'is killed (SIGKILL)',
    breakIt: async ({ cluster, run }, _devices, started) => {
      const { postgres, postgresProxy: proxy } = cluster.faults;
      // Transactions last for a while.
      proxy.latency(APART_MS);
      await Promise.race(started);
      let open = 0;
      for (let look = 0; look < LOOKS && open === 0; look += 1) open = await openTransactions(cluster);
      run.figures.add('activations that were in their transaction', open, '', { atLeast: 1 });
      await postgres.kill();
      proxy.pass();
      return () => postgres.restart();
    },
    beginsLate: true,
  },
];

/** The license database fails in each way, while devices register for the first time. */
export const postgresOutages: Row = {
  number: 11,
  title: 'PostgreSQL is down, silent, slow (2 s a query), out of connections, or killed in the middle of activations',
  promise: 'signaling unaffected; license_unavailable ≤ 3 s; an activation is whole or absent; asking again is safe',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: GATEWAYS, clients: sized(300, scale) });
    const endings = scenario.endings;
    const known = await newDevices(scenario.cluster, GATEWAYS);
    await registerAll(scenario.cluster, known);
    for (const outage of OUTAGES) await endure(scenario, outage, known, sized(DEVICES, scale));
    run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
    await conclude(scenario, CALM);
  },
};

async function endure(scenario: Scenario, outage: Outage, known: readonly NewDevice[], count: number): Promise<void> {
  const { cluster, run } = scenario;
  run.say(`PostgreSQL ${outage.what}`);
  const devices = await newDevices(cluster, count);
  const sockets = await connectAll(cluster, devices);
  // Half of them are on their way when it breaks.
  const started = sockets.slice(0, count / 2).map((socket) => register(socket));
  const end = await outage.breakIt(scenario, devices, started);
  const later = sockets.slice(count / 2).map((socket) => register(socket));
  const meanwhile = outage.admitsKnown ? await registerAll(cluster, known) : undefined;
  const answers = await Promise.all([...started, ...later]);
  await end();
  await Promise.all(sockets.map((socket) => socket.close()));
  if (meanwhile !== undefined) {
    run.figures.add('known devices that registered meanwhile', meanwhile, '', { exactly: known.length });
  }
  reportAnswers(run, outage, answers);
  await compare(scenario, devices, answers);
  await askAgain(scenario, devices);
}

/** The answers must be those of a database that cannot be asked, in time; some activations must have met the outage. */
function reportAnswers({ figures }: Run, { what, beginsLate }: Outage, answers: readonly Answered[]): void {
  const slowest = Math.round(Math.max(...answers.map(({ tookMs }) => tookMs)));
  const withAnswer = (wanted: string) => answers.filter(({ answer }) => answer === wanted).length;
  const [registered, unavailable] = [withAnswer('registered'), withAnswer('license_unavailable')];
  figures.add(`${what}: slowest answer`, slowest, 'ms', { atMost: ANSWER_MS });
  figures.add('license_unavailable', unavailable, '', { atLeast: 1 });
  figures.add('registered', registered, '', beginsLate ? { atLeast: 1 } : undefined);
  figures.add('other answers', answers.length - registered - unavailable, '', { exactly: 0 });
}

/** The tables must agree with the answers: an activation without an answer may be in them, but whole. */
async function compare(
  { cluster, run: { figures } }: Scenario,
  devices: readonly NewDevice[],
  answers: readonly Answered[],
): Promise<void> {
  const found = await activationsOf(cluster, devices);
  const missing = found.filter((state, n) => state !== 'whole' && answers[n]?.answer === 'registered').length;
  figures.add('activations in part in the tables', found.filter((state) => state === 'in part').length, '', {
    exactly: 0,
  });
  figures.add('registered, and not in the tables', missing, '', { exactly: 0 });
  figures.add(
    'not answered, and in the tables',
    found.filter((state, n) => state === 'whole' && answers[n]?.answer !== 'registered').length,
  );
}

/** All register at last, and each is bound once. */
async function askAgain(scenario: Scenario, devices: readonly NewDevice[]): Promise<void> {
  const { cluster, run } = scenario;
  let waiting = devices;
  await scenario.until(async () => {
    const sockets = await connectAll(cluster, waiting);
    const answers = await Promise.all(sockets.map((socket) => register(socket)));
    await Promise.all(sockets.map((socket) => socket.close()));
    waiting = waiting.filter((_, n) => answers[n]?.answer !== 'registered');
    return waiting.length === 0;
  }, BACK_MS);
  run.figures.add('devices that could not register afterwards', waiting.length, '', { exactly: 0 });
  const whole = (await activationsOf(cluster, devices)).filter((state) => state === 'whole').length;
  run.figures.add('activations in the tables at the end', whole, '', { exactly: devices.length });
}

function connectAll(cluster: TestCluster, devices: readonly NewDevice[]): Promise<readonly TestPeer[]> {
  return Promise.all(devices.map(({ identity }, n) => cluster.connectAs(identity, n % GATEWAYS)));
}

/** How many of them registered; none stays connected. */
async function registerAll(cluster: TestCluster, devices: readonly NewDevice[]): Promise<number> {
  const sockets = await connectAll(cluster, devices);
  const answers = await Promise.all(sockets.map((socket) => register(socket)));
  await Promise.all(sockets.map((socket) => socket.close()));
  return answers.filter(({ answer }) => answer === 'registered').length;
}

interface Answered {
  /** `registered` or an error code. */
  readonly answer: string;
  readonly tookMs: number;
}

async function register(device: TestPeer): Promise<Answered> {
  const start = performance.now();
  const frame = await device.ask('register', device.identity, 15_000);
  const answer = frame.event === 'error' ? frame.data.code : frame.event;
  return { answer, tookMs: performance.now() - start };
}
