import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { logEvent } from '../telemetry/log/log-events.js';
import { Health } from './health.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { PublicServer } from './public-server.js';
import { Housekeeping } from './housekeeping.js';
import { upTo } from '../up-to.js';

/** Maximum time for the last releases after all connections are closed. Ms. */
const RELEASE_MS = 3_000;

/**
 * The lifecycle of this gateway as a node of the cluster, driven by Nest's lifecycle hooks: join, serve, drain,
 * leave.
 */
@Injectable()
export class GatewayNode implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly #left = Promise.withResolvers<undefined>();
  #isServing = false;

  constructor(
    private readonly cluster: ClusterNode,
    private readonly server: PublicServer,
    private readonly housekeeping: Housekeeping,
    private readonly health: Health,
    private readonly telemetry: Telemetry,
  ) {}

  /**
   * Joins the cluster and admits clients. If the node cannot join the cluster, it serves all the same, but is
   * unready.
   */
  async onApplicationBootstrap(): Promise<void> {
    const { lease } = this.cluster;
    lease.reportBy(() => this.health.nodeReport());
    await lease.join();
    this.housekeeping.start();
    await this.server.listen(() => this.health.isReady);
    this.health.serving();
    this.#isServing = true;
    lease.tellNow();
  }

  /**
   * Drains, then releases everything that the cluster still holds for this node. The admin port still answers and the
   * license database is still open, so that pending work ends before the rest of the application is closed.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#isServing) await this.#drain();
    this.server.stop();
    const stopped = this.housekeeping.stop();
    // A register that was pending when its connection was closed also has a route to release.
    await upTo(RELEASE_MS, this.housekeeping.settled());
    await this.cluster.leave();
    await upTo(RELEASE_MS, stopped);
  }

  onApplicationShutdown(): void {
    this.cluster.close();
    this.#left.resolve(undefined);
  }

  /** Resolves when this node has left the cluster. */
  get left(): Promise<undefined> {
    return this.#left.promise;
  }

  /**
   * Closes all connections gracefully: unready, a pause for the load balancer, no new connections, then 1012 to each.
   */
  async #drain(): Promise<void> {
    const span = this.telemetry.tracer.start('drain');
    this.health.draining();
    this.cluster.lease.tellNow();
    logEvent(this.telemetry.log, 'draining', { connections: this.server.connections });
    await this.server.drain();
    span.end('ok');
  }
}
