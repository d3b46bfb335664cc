import {
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ClusterNode } from '@white-rabbit/cluster';
import { logEvent } from '../telemetry/log/log-event.js';
import { Health } from './health.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { PublicServer } from './public-server.js';
import { Housekeeping } from './housekeeping.js';
import { upTo } from '../up-to.js';

/** What the last releases may take when all connections are closed. Ms. */
const RELEASE_MS = 3_000;

/** The life of this gateway as a node of the cluster, by Nest's lifecycle hooks: join, serve, drain, leave. */
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

  /** Joins the cluster and admits clients. Without a cluster to join it serves all the same, unready. */
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
   * Drains, then gives back what the cluster still holds of this node. The admin port answers meanwhile, and the license
   * database is still open: what is under way ends before the rest of the application is closed.
   */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.#isServing) await this.#drain();
    this.server.stop();
    const stopped = this.housekeeping.stop();
    // A register that was pending when its connection was closed has a route to give back, too.
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

  /** Closes all connections in good order: unready, a pause for the load balancer, no new ones, then 1012 to each. */
  async #drain(): Promise<void> {
    const span = this.telemetry.tracer.start('drain');
    this.health.draining();
    this.cluster.lease.tellNow();
    logEvent(this.telemetry.log, 'draining', { connections: this.server.connections });
    await this.server.drain();
    span.end('ok');
  }
}
