import type { FaultProxy, TestPeer } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const DEVICES = 60;
/** docs/protocol.md, section 5: the answer if the database cannot be asked. With a margin for the way. Milliseconds. */
const ANSWER_MS = 3_500;
/** Half of a round trip, so that a query takes 2 s. Milliseconds. */
const SLOW_MS = 1_000;
const BACK_MS = 20_000;

/** Each kind of outage, with new devices in the middle of their activation. */
const OUTAGES: Readonly<Record<string, (proxy: FaultProxy) => void>> = {
  'refuses connections': (proxy) => proxy.reset(),
  'answers nothing': (proxy) => proxy.blackhole(),
  'takes 2 s for a query': (proxy) => proxy.latency(SLOW_MS),
};

/** The license database fails in each way, while devices register for the first time. */
export const postgresOutages: Row = {
  number: 11,
  title: 'PostgreSQL is down, silent, or takes 2 s for a query, in the middle of activations',
  promise: 'signaling unaffected; license_unavailable ≤ 3 s; an activation is whole or absent; asking again is safe',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(300, scale) });
    const endings = scenario.endings;
    const { cluster } = scenario;
    const proxy = cluster.faults.postgresProxy;
    for (const [what, breakIt] of Object.entries(OUTAGES)) {
      run.say(`PostgreSQL ${what}`);
      const devices = await Promise.all(
        Array.from({ length: sized(DEVICES, scale) }, (_, n) => cluster.connect(`new${n}`, { at: n % 3 })),
      );
      // Half of them are on their way when it breaks.
      const half = devices.length / 2;
      const started = devices.slice(0, half).map((device) => register(device));
      breakIt(proxy);
      const answers = await Promise.all([...started, ...devices.slice(half).map((device) => register(device))]);
      const slowest = Math.round(Math.max(...answers.map(({ tookMs }) => tookMs)));
      const others = answers.filter(({ answer }) => !/^(registered|license_unavailable)$/.test(answer));
      run.figures.add(`${what}: slowest answer`, slowest, 'ms', { atMost: ANSWER_MS });
      run.figures.add('other answers', others.length, '', { exactly: 0 });
      proxy.pass();
      await Promise.all(devices.map((device) => device.close()));
      const again = new Set(devices);
      await scenario.until(async () => {
        for (const device of again) {
          const next = await cluster.connectAs(device.identity);
          if ((await register(next)).answer === 'registered') again.delete(device);
          await next.close();
        }
        return again.size === 0;
      }, BACK_MS);
      run.figures.add('devices that could not register afterwards', again.size, '', { exactly: 0 });
    }
    run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
    await conclude(scenario, CALM);
  },
};

/** `registered` or an error code, and how long it took. */
async function register(device: TestPeer): Promise<{ readonly answer: string; readonly tookMs: number }> {
  const start = performance.now();
  const frame = await device.ask('register', device.identity, 15_000);
  const answer = frame.event === 'error' ? frame.data.code : frame.event;
  return { answer, tookMs: performance.now() - start };
}
