import { Injectable } from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { RevocationWatch } from '@white-rabbit/license';
import { Calls, SessionRegistry } from '@white-rabbit/signaling';
import { OutageLog } from '../telemetry/log/outage-log.js';
import { StallLog } from '../telemetry/log/stall-log.js';
import { Telemetry } from '../telemetry/telemetry.js';

/** Interval of the checks for calls that rang too long, for expired licenses, and for the state of the cluster. Ms. */
const TICK_MS = 500;
/** Ticks that a report of an outage waits for its reason. */
const REASON_TICKS = 4;

/**
 * Work that is triggered by time and not by a client's event: calls that ring too long, licenses that expire or
 * change, outages.
 */
@Injectable()
export class Housekeeping {
  #timer: NodeJS.Timeout | undefined;
  #downTicks = 0;

  constructor(
    private readonly cluster: ClusterNode,
    private readonly calls: Calls,
    private readonly sessions: SessionRegistry,
    private readonly revocations: RevocationWatch,
    private readonly telemetry: Telemetry,
  ) {}

  start(): void {
    this.revocations.start((changes) => {
      this.sessions.licensesChanged(changes);
    });
    const outages = new OutageLog(this.telemetry.log, 'cluster');
    const stalls = new StallLog(this.telemetry.log, TICK_MS, performance.now());
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      stalls.note(nowMs);
      this.calls.tick(nowMs);
      void this.sessions.tick(nowMs);
      const { state, engines } = this.cluster;
      const [isUp, code] = [state === 'joined', engines.trouble()];
      this.#downTicks = isUp ? 0 : this.#downTicks + 1;
      // Only the next attempt to connect shows the reason: the line waits for it.
      if (isUp || code !== undefined || this.#downTicks > REASON_TICKS) outages.note(isUp, { state, code });
    }, TICK_MS).unref();
  }

  /** Resolves when no query to the license database is pending. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.revocations.stop();
  }

  /** Resolves when the routes of closed sessions are released and pending registers are settled. */
  async settled(): Promise<void> {
    await this.sessions.settled();
  }
}
