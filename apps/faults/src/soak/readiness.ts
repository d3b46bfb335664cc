import type { Scenario } from '../scenario/scenario.js';

/** Gateways are ready again within this time after Redis is back (docs/operations.md, section Failures). Milliseconds. */
export const READY_MS = 10_000;

/** How long gateways need to be ready after Redis is back. */
export class Readiness {
  slowestMs = 0;

  /**
   * Resolves when the gateways are ready, or those that are not have had their time. A gateway that did not run counts from
   * the moment when it runs again; the load balancer has taken out those that still do not run, or drain.
   */
  async afterOutage(scenario: Scenario): Promise<void> {
    const backMs = scenario.nowMs;
    const { disturbances } = scenario.oracle;
    for (;;) {
      const unready = await unreadyGateways(scenario);
      const waits = unready.map((n) => scenario.nowMs - Math.max(backMs, disturbances.resumedAtMs(n)));
      this.slowestMs = Math.max(this.slowestMs, ...waits);
      if (waits.every((ms) => ms > READY_MS)) return;
      await scenario.pass(50);
    }
  }
}

/** Numbers of the gateways that the load balancer sends clients to and that are not ready. */
export async function unreadyGateways({ cluster, fleet }: Scenario): Promise<readonly number[]> {
  const isReady = async (n: number) =>
    (await cluster
      .gateway(n)
      .health('readyz')
      .catch(() => 0)) === 200;
  const gateways = fleet.endpoints.map(({ gateway }) => gateway);
  const ready = await Promise.all(gateways.map(isReady));
  // Another one may have ended meanwhile.
  return gateways.filter((n, index) => ready[index] === false && fleet.running.includes(n));
}
