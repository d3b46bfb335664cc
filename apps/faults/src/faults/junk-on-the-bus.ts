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

/** Texts that no gateway sends. */
interface Junk {
  readonly what: string;
  /** The `reason` under which a gateway counts it; `undefined`: a message in order, to a session that does not exist. */
  readonly reason?: 'malformed' | 'version' | 'message';
  readonly text: (n: number) => string;
}

/** The header of a text has a version, a sender, a sequence number and two times. */
const JUNK: readonly Junk[] = [
  // The first letter: no bytes at random are a version.
  { what: 'random bytes', reason: 'malformed', text: () => `x${randomBytes(200).toString('latin1')}` },
  {
    what: 'another version',
    reason: 'version',
    text: (n) => `99 node-of-another-version ${n + 1} 1 1\nring 1 0 0 a b c d\n`,
  },
  {
    what: 'a message without fields',
    reason: 'message',
    text: (n) => `1 node-that-does-not-exist ${n + 1} 1 1\nring 1 0 0\n`,
  },
  {
    what: 'a signal of no session',
    text: (n) => `1 node-that-does-not-exist ${EACH + n + 1} 1 1\nsignal 1 0 2 callcall fromfrom totototo\n{}`,
  },
  {
    what: 'a length beyond the end',
    reason: 'malformed',
    text: (n) => `1 node-that-does-not-exist ${2 * EACH + n + 1} 1 1\nsignal 1 0 99999 a b c\n{}`,
  },
  {
    what: 'JSON',
    reason: 'malformed',
    text: () => JSON.stringify({ __proto__: null, kind: 'ring', constructor: {} }),
  },
];

/** All values of the label `reason`. */
const REASONS = ['malformed', 'version', 'oversized', 'repeated', 'message'] as const;

/** A process with access to Redis sends what is no node message. */
export const junkOnTheBus: Row = {
  number: 10,
  title: 'Junk, oversized and other-version texts on the bus',
  promise: 'each is counted by its reason and ignored; nothing else notices',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(300, scale) });
    const endings = scenario.endings;
    const redis = new Redis(scenario.cluster.redisUrlOf('wr-operator'));
    const nodes = scenario.cluster.gateways.map((gateway) => String(gateway.logged('listening')[0]?.['node']));
    const count = sized(EACH, scale);
    const before = await ignored(scenario);
    let arrived = 0;
    for (const { what, text } of JUNK) {
      run.say(`${count} times ${what}`);
      for (let n = 0; n < count; n += 1) {
        const node = nodes[n % nodes.length] ?? '';
        arrived += Number(await redis.spublish(`wr:bus:{${node}}`, text(n)));
      }
    }
    for (let n = 0; n < OVERSIZED_COUNT; n += 1) {
      arrived += Number(await redis.spublish(`wr:bus:{${nodes[n % nodes.length]}}`, 'x'.repeat(OVERSIZED)));
    }
    await scenario.pass(2_000);
    redis.disconnect();
    run.figures.add('texts that reached a gateway', arrived, '', { exactly: JUNK.length * count + OVERSIZED_COUNT });
    const after = await ignored(scenario);
    for (const [n, reason] of REASONS.entries()) {
      const kinds = JUNK.filter((junk) => junk.reason === reason).length;
      run.figures.add(`ignored as ${reason}`, (after[n] ?? 0) - (before[n] ?? 0), '', {
        exactly: reason === 'oversized' ? OVERSIZED_COUNT : kinds * count,
      });
    }
    run.figures.add('sockets closed', scenario.endings - endings, '', { exactly: 0 });
    run.figures.add('gateways running', scenario.fleet.running.length, '', { exactly: 3 });
    await conclude(scenario, CALM);
  },
};

/** What the gateways have ignored, in the order of the reasons. */
function ignored({ fleet }: Scenario): Promise<readonly number[]> {
  return Promise.all(REASONS.map((reason) => fleet.metric('wr_bus_ignored_total', `{reason="${reason}"}`)));
}
