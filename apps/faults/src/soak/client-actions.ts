import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, eventually, FaultProxy, type ServerFrame, type TestPeer } from '@white-rabbit/testing';
import type { Random } from '../clients/random.js';
import type { Scenario } from '../scenario/scenario.js';
import type { Action } from './action.js';

const SECOND = 1_000;
/** A client beside the simulated ones gets in by then, whatever else is broken. Milliseconds. */
const JOIN_MS = 90_000;
const HALF_OPEN = 10;
/** The heartbeat timeout and a moment. Milliseconds. */
const TIMEOUT_MS = 62_000;
/** Signals to a client that does not read: as large as a frame allows. It has to be closed by then. */
const LARGE = { sdp: 'x'.repeat(60_000) };
const SLOW_MS = 90_000;
const HOSTILE_AT_ONCE = 20;
const HOSTILE_MS = 8_000;
const HOSTILE_EVERY_MS = 200;

/** Frames that no client may send. */
const HOSTILE: readonly (() => string | Buffer)[] = [
  () => randomBytes(300),
  () => '{"event":',
  () => '['.repeat(60_000),
  () => '{"event":"register","data":{"license_key":"WR1-0000","device_id":"d","peer_id":{"constructor":1}}}',
  () => JSON.stringify({ event: 'signal', data: { call_id: 'of-nothing', signal: {} }, ref: 'r'.repeat(5_000) }),
];

/** A registered client beside the simulated ones. */
async function visitor({ cluster, fleet }: Scenario, random: Random): Promise<TestPeer> {
  return cluster.peer('visitor', { at: random.pick(fleet.endpoints)?.gateway ?? 0 });
}

/** Two of them in a call. They try again while something else is broken. */
async function visitorsInCall(scenario: Scenario, random: Random): Promise<VisitorsInCall> {
  const attempt = async () => {
    await using joined = new AsyncDisposableStack();
    const join = async () => joined.use(await visitor(scenario, random));
    const [sender, reader] = [await join(), await join()];
    const call_id = await scenario.cluster.call(sender, reader);
    joined.move();
    return { sender, reader, call_id };
  };
  return eventually('two clients have a call', attempt, { deadlineMs: JOIN_MS, everyMs: SECOND });
}

interface VisitorsInCall {
  readonly sender: TestPeer;
  readonly reader: TestPeer;
  readonly call_id: string;
}

/** Sends to the reader until the gateway has ended its connection, or that of the sender. */
async function sendUntilClosed(scenario: Scenario, { sender, reader, call_id }: VisitorsInCall): Promise<void> {
  reader.socket.pause();
  const isOver = () => sender.socket.readyState !== WebSocket.OPEN || sender.unread.some(endsCall);
  const send = () => {
    if (sender.socket.bufferedAmount === 0) sender.send('signal', { call_id, signal: LARGE });
    return isOver();
  };
  const tookMs = await scenario.until(() => isOver() || send(), SLOW_MS);
  reader.socket.resume();
  await Promise.all([sender.close(), reader.close()]);
  if (tookMs > SLOW_MS) throw new Error('A client that does not read kept its connection.');
}

function endsCall(frame: ServerFrame): boolean {
  return (
    frame.event === 'hangup' ||
    (frame.event === 'error' && 'code' in frame.data && frame.data.code === 'call_not_found')
  );
}

/** One connection that sends such a frame. Resolves with whether it was open. */
async function hostileVisit(url: string, random: Random): Promise<boolean> {
  try {
    const client = await connect(url);
    client.sendRaw(random.pick(HOSTILE)?.() ?? '');
    await sleep(HOSTILE_EVERY_MS);
    await client.close();
    return true;
  } catch {
    // The gateway has ended.
    return false;
  }
}

/** What clients do, and clients that break the rules. */
export const CLIENT_ACTIONS: readonly Action[] = [
  {
    name: 'clients move to other gateways',
    weight: 4,
    breaks: 'clients',
    act: (scenario, random) => {
      for (const client of scenario.clients.some(random.below(30))) {
        client.gateway = random.pick(scenario.fleet.running) ?? client.gateway;
        client.move();
      }
      return Promise.resolve();
    },
  },
  {
    name: 'clients disconnect and come back',
    weight: 4,
    breaks: 'clients',
    act: (scenario, random) => {
      for (const client of scenario.clients.some(random.below(30))) client.lose(random.chance(0.5));
      return Promise.resolve();
    },
  },
  {
    name: 'clients are half-open',
    weight: 1,
    breaks: 'network',
    // The end of the soak finds what a gateway keeps of them.
    act: async (scenario, random) => {
      const { cluster, fleet, pass } = scenario;
      const gateway = cluster.gateway(random.pick(fleet.endpoints)?.gateway ?? 0);
      const proxy = await FaultProxy.start({ port: gateway.port });
      const join = async () => {
        const client = await connect(proxy.url(gateway.url));
        await client.register(await cluster.identity('half-open'));
      };
      const joined = await Promise.allSettled(Array.from({ length: HALF_OPEN }, join));
      scenario.run.say(`${joined.filter(({ status }) => status === 'fulfilled').length} half-open clients`);
      proxy.halfOpen();
      await pass(TIMEOUT_MS);
      await proxy.stop();
    },
  },
  {
    name: 'a client does not read',
    weight: 2,
    breaks: 'visitors',
    act: async (scenario, random) => {
      await sendUntilClosed(scenario, await visitorsInCall(scenario, random));
    },
  },
  {
    name: 'hostile clients',
    weight: 2,
    breaks: 'visitors',
    act: async (scenario, random) => {
      const endMs = scenario.nowMs + HOSTILE_MS;
      let visits = 0;
      const attack = async () => {
        while (scenario.nowMs < endMs) {
          const url = random.pick(scenario.fleet.endpoints)?.url;
          if (url !== undefined && (await hostileVisit(url, random))) visits += 1;
        }
      };
      await Promise.all(Array.from({ length: HOSTILE_AT_ONCE }, attack));
      scenario.run.say(`${visits} hostile connections`);
      if (visits === 0) throw new Error('No hostile client could connect.');
    },
  },
];
