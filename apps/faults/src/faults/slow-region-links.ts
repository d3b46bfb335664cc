import { FaultProxy, type TestCluster } from '@white-rabbit/testing';
import { RedisProcess } from '@white-rabbit/testing/redis';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario, type Run } from '../scenario/scenario.js';
import { Netem, netemMissing } from './netem.js';
import { sized } from './sized.js';

const CLIENTS = 300;
/** One way, so that a round trip takes twice as long. Milliseconds. */
const LATENCIES_MS = [40, 100];
/** Of what is sent, what is lost the first time. */
const LOSS = 0.02;
const LASTS_MS = 20_000;
/** Presence is right again after the latency changed. Milliseconds. */
const HEAL_MS = 10_000;

/** Two regions: two gateways in one, one in the other, and a proxy on the way to each other's Redis. */
class TwoRegions implements AsyncDisposable {
  private constructor(
    private readonly redis: RedisProcess,
    readonly links: FaultProxy[],
  ) {}

  static async start(): Promise<TwoRegions> {
    return new TwoRegions(await RedisProcess.start(), []);
  }

  readonly startGateways = async (cluster: TestCluster): Promise<void> => {
    const [euUrl, usUrl] = [cluster.faults.redis.url, this.redis.url];
    const toUs = await this.#linkTo(usUrl);
    const toEu = await this.#linkTo(euUrl);
    const eu = { WR_REGION: 'eu', WR_REGIONS: `eu=${euUrl},us=${toUs}` };
    const us = { WR_REGION: 'us', WR_REGIONS: `eu=${toEu},us=${usUrl}`, REDIS_URL: usUrl };
    for (const env of [eu, eu, us]) await cluster.add(env);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.links.map((link) => link.stop()));
    await this.redis.stop();
  }

  async #linkTo(url: string): Promise<string> {
    const link = await FaultProxy.start({ port: Number(new URL(url).port) });
    this.links.push(link);
    return link.url(url);
  }
}

/** Makes the links slow: a round trip takes twice `ms`. */
type SlowDown = (ms: number) => void | Promise<void>;

/** Holds the promise with the links as slow as stated, one after the other. */
async function runWith(run: Run, scale: number, prepare: (links: readonly FaultProxy[]) => Promise<SlowLinks>) {
  await using regions = await TwoRegions.start();
  const { startGateways, links } = regions;
  await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(CLIENTS, scale), startGateways });
  await using slow = await prepare(links);
  for (const ms of LATENCIES_MS) {
    run.say(`round trips of ${2 * ms} ms`);
    await slow.down(ms);
    let most = 0;
    const start = scenario.nowMs;
    while (scenario.nowMs - start < LASTS_MS) {
      await scenario.pass(1_000);
      most = Math.max(most, await scenario.fleet.metric('wr_regions_unreachable'));
      for (const client of scenario.clients.some(2)) client.lose(true);
    }
    const rightMs = await scenario.until(() => scenario.isRight, 2 * HEAL_MS);
    run.figures.add(`regions closed at ${2 * ms} ms`, most, '', { exactly: 0 });
    run.figures.add('presence right after the last change', Math.round(rightMs), 'ms', { atMost: HEAL_MS });
  }
  await conclude(scenario, CALM);
}

interface SlowLinks extends AsyncDisposable {
  readonly down: SlowDown;
}

const PROMISE = 'no region is closed by a slow answer; presence, calls and signals as within a region';

/** The way between two regions is long and loses packets: a proxy does what TCP makes of it. Cuts are in the suite. */
export const slowRegionLinks: Row = {
  number: 30,
  variant: 'latency',
  title:
    'Links between regions with round trips of 80 and 200 ms; 2 % of the pieces as late as if they were sent again',
  promise: PROMISE,
  run: (run, scale) =>
    runWith(run, scale, (links) => {
      const random = run.random.fork();
      const down = (ms: number) => {
        for (const link of links) link.lossy(ms, LOSS, () => random.next());
      };
      return Promise.resolve({ down, [Symbol.asyncDispose]: () => Promise.resolve() });
    }),
};

/** The same by the kernel. */
export const lossyRegionLinks: Row = {
  number: 30,
  variant: 'netem',
  title: 'The same in the kernel (tc netem), with 2 % of the packets lost',
  promise: PROMISE,
  missing: async () => {
    const reason = await netemMissing();
    return reason && `${reason} See 30 latency for the same fault in a TCP proxy.`;
  },
  run: (run, scale) =>
    runWith(run, scale, async (links) => {
      const netem = await Netem.start(
        links.map(({ port }) => port),
        100 * LOSS,
      );
      return { down: (ms) => netem.delay(ms), [Symbol.asyncDispose]: () => netem[Symbol.asyncDispose]() };
    }),
};
