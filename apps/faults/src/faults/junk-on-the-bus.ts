import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const EACH = 2_000;
/** More than a publish may have. Bytes. */
const OVERSIZED = 600_000;
const OVERSIZED_COUNT = 20;

/** Texts that no gateway sends; the header has a version, a sender, a sequence number and two times. */
const JUNK: Readonly<Record<string, (n: number) => string>> = {
  'random bytes': () => randomBytes(200).toString('latin1'),
  'another version': (n) => `99 node-of-another-version ${n + 1} 1 1\nring 1 0 0 a b c d\n`,
  'a message without fields': (n) => `1 node-that-does-not-exist ${n + 1} 1 1\nring 1 0 0\n`,
  'a signal of no session': (n) =>
    `1 node-that-does-not-exist ${EACH + n + 1} 1 1\nsignal 1 0 2 callcall fromfrom totototo\n{}`,
  'a length beyond the end': (n) => `1 node-that-does-not-exist ${2 * EACH + n + 1} 1 1\nsignal 1 0 99999 a b c\n{}`,
  JSON: () => JSON.stringify({ __proto__: null, kind: 'ring', constructor: {} }),
};

/** A process with access to Redis sends what is no node message. */
export const junkOnTheBus: Row = {
  number: 10,
  title: 'Junk, oversized and other-version texts on the bus',
  promise: 'counted and ignored; nothing else notices',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(300, scale) });
    const endings = scenario.endings;
    const redis = new Redis(scenario.cluster.redisUrlOf('wr-operator'));
    const nodes = scenario.cluster.gateways.map((gateway) => String(gateway.logged('listening')[0]?.['node']));
    const count = sized(EACH, scale);
    const before = await scenario.fleet.metric('wr_bus_ignored_total');
    let sent = 0;
    for (const [kind, text] of Object.entries(JUNK)) {
      run.say(`${count} times ${kind}`);
      for (let n = 0; n < count; n += 1) {
        const node = nodes[n % nodes.length] ?? '';
        sent += Number(await redis.spublish(`wr:bus:{${node}}`, text(n)));
      }
    }
    for (let n = 0; n < OVERSIZED_COUNT; n += 1) {
      sent += Number(await redis.spublish(`wr:bus:{${nodes[n % nodes.length]}}`, 'x'.repeat(OVERSIZED)));
    }
    await scenario.pass(2_000);
    redis.disconnect();
    run.figures.add('texts that reached a gateway', sent, '', { atLeast: count });
    const ignored = (await scenario.fleet.metric('wr_bus_ignored_total')) - before;
    run.figures.add('counted as ignored', ignored, '', { atLeast: count });
    run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
    run.figures.add('gateways running', scenario.fleet.running.length, '', { exactly: 3 });
    await conclude(scenario, CALM);
  },
};
