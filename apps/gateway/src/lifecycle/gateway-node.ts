import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSE_CODES } from '@white-rabbit/protocol';
import type { Config } from '../config/config.js';
import { logEvent } from '../telemetry/log/log-event.js';
import { OutageLog } from '../telemetry/log/outage-log.js';
import { StallLog } from '../telemetry/log/stall-log.js';
import { shuffled, spread } from './drain.js';
import type { NodeParts } from './node-parts.js';
import { upTo } from './up-to.js';

/** Times of a drain, ms. */
export interface DrainTimes {
  /** Unready, but still taking clients: a load balancer has to notice. */
  readonly delayMs: number;
  /** Over which the closing of sockets is spread. */
  readonly windowMs: number;
}

/** Where nothing else is set. A gateway alone has no other to send its clients to, and nobody in front of it. */
const IN_CLUSTER: DrainTimes = { delayMs: 2_000, windowMs: 20_000 };
const ALONE: DrainTimes = { delayMs: 0, windowMs: 1_000 };

/** The times that the configuration asks for. */
export function drainTimes({ settings, redis }: Config): DrainTimes {
  const usual = redis === undefined ? ALONE : IN_CLUSTER;
  return {
    delayMs: settings.WR_DRAIN_DELAY_SECONDS ?? usual.delayMs,
    windowMs: settings.WR_DRAIN_SECONDS ?? usual.windowMs,
  };
}

/** Calls are looked at this often for those that have rung for too long, licenses for those that expired, and the cluster for whether it is there. Ms. */
const TICK_MS = 500;
/** What the last releases may take once all sockets are closed. Ms. */
const RELEASE_MS = 3_000;

/** The life of this node: lease, serve, drain, leave (ARCHITECTURE.md, section 5). */
export class GatewayNode {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly parts: NodeParts,
    private readonly times: DrainTimes,
  ) {}

  /** Joins the cluster and takes clients. Resolves with the port. Without a cluster to join it serves all the same, unready. */
  async serve(): Promise<number> {
    const { lease, messages, connections, endpoint, health } = this.parts;
    this.#connect();
    messages.start();
    lease.reportBy(() => health.nodeReport());
    endpoint.readyBy(() => health.isReady);
    await lease.join();
    connections.start();
    const outages = new OutageLog(this.parts.log, 'cluster');
    const stalls = new StallLog(this.parts.log, TICK_MS, performance.now());
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      stalls.note(nowMs);
      this.parts.calls.tick(nowMs);
      void this.parts.sessions.tick(nowMs);
      const { state, isReachable } = this.parts.reachability;
      outages.note(isReachable(), { state, code: this.parts.engines.trouble() });
    }, TICK_MS).unref();
    const port = await endpoint.listen();
    health.serving();
    lease.tellNow();
    return port;
  }

  /** Sends everybody away in good order: unready, a pause for the load balancer, no newcomers, then 1012 to all. */
  async drain(): Promise<void> {
    const { health, lease, admission, connections, endpoint, log, tracer } = this.parts;
    const span = tracer.start('drain');
    health.draining();
    lease.tellNow();
    logEvent(log, 'draining', { connections: connections.open });
    if (this.times.delayMs > 0) await sleep(this.times.delayMs);
    admission.close();
    await spread(shuffled(connections.snapshot()), this.times.windowMs, (connection) => {
      connection.close(CLOSE_CODES.restart, 'this gateway restarts');
    });
    connections.closeAll(CLOSE_CODES.restart, 'this gateway restarts');
    endpoint.close();
    span.end('ok');
  }

  /** Gives back what the cluster still holds of this node, and stops. */
  async leave(): Promise<void> {
    const { connections, sessions, revocations, routes, lease, nodes, presence, rpc, engines } = this.parts;
    clearInterval(this.#timer);
    connections.stop();
    const watchStopped = revocations.stop();
    // A register that was on its way when its socket was closed has a route to give back, too.
    await upTo(RELEASE_MS, sessions.settled());
    routes.stop();
    presence.stop();
    nodes.stop();
    rpc.stop();
    await lease.stop();
    await upTo(RELEASE_MS, watchStopped);
    engines.close();
  }

  /** Wires what happens in one part to whoever has to know. */
  #connect(): void {
    const { engines, nodes, routes, presence, calls, contacts, sessions, revocations } = this.parts;
    presence.onChange((peer, status) => {
      contacts.changed(peer, status);
    });
    nodes.onLost((node) => {
      calls.nodeLost(node);
    });
    nodes.onBack((node) => {
      calls.nodeBack(node);
    });
    routes.onLost(({ session }) => {
      sessions.displace(session);
    });
    routes.onUnreleased((route) => {
      presence.noteOffline(route);
    });
    engines.onBack(() => void routes.claimAgain());
    revocations.start((changes) => {
      sessions.licensesChanged(changes);
    });
  }
}
