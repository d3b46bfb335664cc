import { setInterval as every } from 'node:timers/promises';
import { newIdentity } from '@white-rabbit/testing';
import type { Row } from '../row.js';
import { conclude } from '../scenario/conclusion.js';
import { CALM } from '../scenario/signal-limits.js';
import { Scenario } from '../scenario/scenario.js';
import { sized } from './sized.js';

const A_SECOND = 200;
const LASTS_MS = 300_000;
const STEP_MS = 100;
/** Of the sessions that begin, those that end as they should. */
const DONE = 0.95;
/** What is left of the churn is gone by then. Milliseconds. */
const SETTLE_MS = 20_000;
/** Memory may be this many times the memory after the first minute. */
const GROWTH = 1.25;

/** Short sessions, one after the other, beside those that stay. */
export const churn: Row = {
  number: 15,
  title: 'Churn: 200 connects and disconnects a second for 5 minutes',
  promise: 'memory and descriptors return to the base; no keys',
  run: async (run, scale) => {
    await using scenario = await Scenario.start(run, { gateways: 3, clients: sized(60, scale) });
    const rate = sized(A_SECOND, scale);
    const [license] = await scenario.cluster.licenses.issue({ count: 1, maxDevices: 1_000 });
    const identities = Array.from({ length: 500 }, () => {
      return { ...newIdentity('churn'), license_key: license?.license_key ?? '' };
    });
    const visits = new Visits(scenario, identities);
    const lastsMs = LASTS_MS * Math.min(1, scale);
    const base = await scenario.fleet.descriptors();
    let warm = 0;
    const start = scenario.nowMs;
    for await (const _ of every(STEP_MS)) {
      const passed = scenario.nowMs - start;
      if (passed > lastsMs) break;
      // The first fifth fills caches and pools.
      if (warm === 0 && passed > lastsMs / 5) warm = await scenario.fleet.residentKiB();
      while (visits.begun < (passed / 1000) * rate) visits.begin();
    }
    await scenario.until(() => visits.open === 0, SETTLE_MS);
    await scenario.pass(SETTLE_MS);
    // An identity that comes again before its session of before has ended replaces it.
    run.figures.add('sessions that came and left', visits.done, '', { atLeast: (rate * lastsMs * DONE) / 1_000 });
    run.figures.add('replaced or lost', visits.begun - visits.done);
    run.figures.add('resident memory, of that after a fifth', (await scenario.fleet.residentKiB()) / warm, 'times', {
      atMost: GROWTH,
    });
    run.figures.add('descriptors more than before', (await scenario.fleet.descriptors()) - base, '', { atMost: 10 });
    await conclude(scenario, CALM);
  },
};

/** Registers and leaves, as often as asked, with identities that come again. */
class Visits {
  begun = 0;
  done = 0;
  open = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly identities: readonly Parameters<Scenario['cluster']['connectAs']>[0][],
  ) {}

  begin(): void {
    const identity = this.identities[this.begun % this.identities.length];
    this.begun += 1;
    if (identity !== undefined) void this.#visit(identity);
  }

  async #visit(identity: Parameters<Scenario['cluster']['connectAs']>[0]): Promise<void> {
    this.open += 1;
    try {
      const peer = await this.scenario.cluster.connectAs(identity, this.begun % 3);
      await peer.join();
      await peer.close();
      this.done += 1;
    } catch {
      // Counted as the difference.
    } finally {
      this.open -= 1;
    }
  }
}
