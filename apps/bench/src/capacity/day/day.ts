import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '@white-rabbit/testing';
import { type End, pair } from '../../load/ends.js';
import { gatewayWire } from '../../load/gateway-wire.js';
import { run } from '../../load/load.js';
import { pace } from '../../load/pace.js';
import { Sockets } from '../../load/sockets.js';
import { quantile } from '../../load/statistics.js';
import { population } from '../population.js';
import type { Sample, SampleOptions } from '../sample-options.js';
import { between, UsageMeter } from '../usage.js';
import {
  type DayFigures,
  MINUTES_BETWEEN_CALLS,
  SESSION_MINUTES,
  type SignalLatency,
  type State,
} from './day-figures.js';
import { type Member, Rotation } from './rotation.js';
import { ShortCalls, SIGNALS_OF_A_CALL } from './short-calls.js';

/** A peer without a session for each so many with one. */
const ONLINE_FOR_EACH_AWAY = 5;
/** What a state needs until its costs are even: garbage is collected, renewals are spread, code is compiled. */
const SETTLE_MS = 20_000;
const PAIRS = 100;
const SIGNAL_BYTES = 400;

/**
 * Runs a population at its true rates, and measures each state in turn: gateways without sessions, idle sessions,
 * sessions that come and go, and calls besides. Then signals at a constant rate between two gateways, without calls.
 */
export async function day(
  cluster: TestCluster,
  { sample, redis }: Pick<SampleOptions, 'sample' | 'redis'>,
  progress: (text: string) => void,
): Promise<DayFigures> {
  const { sessions } = sample;
  const meter = await UsageMeter.open(cluster, redis);
  const sockets = cluster.gateways.map(({ url }) => new Sockets(url, gatewayWire));
  const rotation = new Rotation(sockets);
  const calls = new ShortCalls();
  const states: State[] = [];
  const stops: (() => void)[] = [];
  const measure = async (added: string) => {
    await sleep(SETTLE_MS);
    progress(`${added}: ${sample.idleSeconds} s`);
    const [startMs, before] = [performance.now(), await meter.read()];
    await sleep(sample.idleSeconds * 1000);
    const used = between(before, await meter.read());
    states.push({ added, seconds: (performance.now() - startMs) / 1000, used });
  };
  const inHour = (minutes: number) => count((sessions * 60) / minutes);
  try {
    await measure(`${cluster.gateways.length} gateways without sessions`);
    const away = Math.ceil(sessions / ONLINE_FOR_EACH_AWAY);
    progress(`${count(sessions + away)} peers register, ${count(away)} leave`);
    await rotation.fill(await population(cluster, sessions + away, sample.contacts), sessions);
    await measure(`${count(sessions)} idle sessions`);

    const turns = pace(sessions / (SESSION_MINUTES * 60), () => {
      rotation.turn();
    });
    stops.push(turns);
    await measure(`${inHour(SESSION_MINUTES)} sessions that come and go`);

    const stopCalls = pace(sessions / (MINUTES_BETWEEN_CALLS * 60), () => {
      calls.begin(rotation.online);
    });
    stops.push(stopCalls);
    await measure(`${inHour(MINUTES_BETWEEN_CALLS)} calls of ${SIGNALS_OF_A_CALL} signals`);
    stopCalls();
    await sleep(SETTLE_MS);

    progress(`${count(sample.signalsPerSecond)} signals a second between two gateways`);
    const latency = await signalLatency(rotation.online, sample);
    const { begun, ended, missingSignals: signalsMissing } = calls.counts;
    return {
      sessions,
      states,
      registersRefused: rotation.refused,
      callsFailed: begun - ended,
      signalsMissing,
      latency,
    };
  } finally {
    for (const stop of stops) stop();
    await Promise.all(sockets.map((each) => each.close()));
    await meter.close();
  }
}

/** Signals between the newest sessions of two gateways: they stay until the end. */
async function signalLatency(online: readonly Member[], { signals, signalsPerSecond }: Sample): Promise<SignalLatency> {
  const newest = (gateway: number) => online.filter((member) => member.gateway === gateway).slice(-PAIRS);
  const [firsts, seconds] = [newest(0), newest(1)];
  const ends: End[] = [];
  for (const [index, first] of firsts.entries()) {
    const second = seconds[index];
    if (second) ends.push(...(await pair(gatewayWire, first, second)));
  }
  const load = { perSecond: signalsPerSecond, bytes: SIGNAL_BYTES };
  await run(ends, { ...load, seconds: SETTLE_MS / 1000 });
  const { sent, arrived, latenciesMs } = await run(ends, { ...load, seconds: signals / signalsPerSecond });
  return {
    perSecond: signalsPerSecond,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    lost: sent - arrived,
  };
}

function count(number: number): string {
  return Math.round(number).toLocaleString('en');
}
