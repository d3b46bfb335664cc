import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId } from '@white-rabbit/protocol';
import type { TestCluster, TestPeer } from '@white-rabbit/testing';

/** Interval of the signals of one call: below the default limit of a session. Milliseconds. */
const EVERY_MS = 50;

/** Calls of clients that take no part in a test, whose signals show how long the gateways take. */
export class DelayProbe {
  private constructor(private readonly calls: readonly { readonly caller: TestPeer; readonly call_id: CallId }[]) {}

  /** Each call is between gateways 0 and `far`. */
  static async start(cluster: TestCluster, calls: number, far = 1): Promise<DelayProbe> {
    const started = Array.from({ length: calls }, async () => {
      const [caller, callee] = await cluster.pair(far);
      return { caller, call_id: await cluster.call(caller, callee) };
    });
    return new DelayProbe(await Promise.all(started));
  }

  /**
   * The 99th percentile of the time from a signal to its ack, in ms, until `during` is settled.
   *
   * @throws Error if a signal has another outcome.
   */
  async p99Ms(during: Promise<unknown>): Promise<number> {
    let isOver = false;
    const over = during.finally(() => (isOver = true));
    const delays: number[] = [];
    const probe = async ({ caller, call_id }: (typeof this.calls)[number]) => {
      while (!isOver) {
        const start = performance.now();
        const answer = await caller.ask('signal', { call_id, signal: {} });
        if (answer.event !== 'ack') throw new Error(`A signal of another client was answered ${answer.text}`);
        delays.push(performance.now() - start);
        await sleep(EVERY_MS);
      }
    };
    await Promise.all([over, ...this.calls.map(probe)]);
    delays.sort((a, b) => a - b);
    return delays[Math.floor(delays.length * 0.99)] ?? Number.NaN;
  }
}
