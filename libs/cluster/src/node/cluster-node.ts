import { randomBytes } from 'node:crypto';
import type { NodeId } from '@white-rabbit/signaling';
import { type Engines, openEngines } from '../engines.js';
import type { MemoryRegion } from '../memory-region.js';
import type { RedisOptions } from '../redis/redis-options.js';
import { openRegions, type OtherRegion } from '../regions/open-regions.js';
import { nodeIdIn } from '../regions/region-of.js';
import { Directory } from './directory.js';
import { FailureDetector } from './failure-detector.js';
import { NodeLease, type NodeLeaseOptions, type NodeState } from './node-lease.js';
import { NodeRpc, type NodeRpcOptions } from '../rpc/node-rpc.js';
import { PresenceView } from './presence-view.js';
import { RouteKeeper, type RouteKeeperOptions } from './route-keeper.js';

/** Where a node joins, and listeners for metrics. */
export interface ClusterNodeOptions extends Pick<NodeLeaseOptions, 'onRenewal'>, Pick<NodeRpcOptions, 'onLag'> {
  readonly region: string;
  /** `undefined`: memory, of this process alone or of the nodes that share `memory`. */
  readonly redis: RedisOptions | undefined;
  readonly otherRegions: readonly OtherRegion[];
  readonly memory?: MemoryRegion;
  readonly onRouteRenewal?: RouteKeeperOptions['onRenewal'];
}

/**
 * This process as a node of the cluster: its engines, and the components that maintain its lease, routes and presence.
 */
export class ClusterNode {
  readonly lease: NodeLease;
  readonly rpc: NodeRpc;
  readonly detector: FailureDetector;
  readonly routes: RouteKeeper;
  readonly presence: PresenceView;
  readonly directory: Directory;

  /** Use `openClusterNode`. */
  constructor(
    readonly self: NodeId,
    readonly engines: Engines,
    options: Pick<ClusterNodeOptions, 'onRenewal' | 'onLag' | 'onRouteRenewal'> = {},
  ) {
    const { bus, registry, feed, routes } = engines;
    const { onRenewal, onLag, onRouteRenewal } = options;
    this.rpc = new NodeRpc({ bus, self, ...(onLag && { onLag }) });
    const resetSubscriber = () => {
      engines.resetSubscriber();
    };
    this.lease = new NodeLease({ registry, rpc: this.rpc, self, resetSubscriber, ...(onRenewal && { onRenewal }) });
    this.detector = new FailureDetector({ registry, self });
    const lease = this.lease;
    engines.onDown(() => {
      lease.disconnected();
    });
    this.routes = new RouteKeeper({ routes, feed, lease, self, ...(onRouteRenewal && { onRenewal: onRouteRenewal }) });
    this.presence = new PresenceView({ feed, routes, nodes: this.detector });
    this.directory = new Directory({ routes, registry, nodes: this.detector, self });
    this.routes.onUnreleased((peer) => {
      this.presence.noteOffline(peer);
    });
  }

  /**
   * Whether this node and others can reach each other. Known at once: a broken connection is detected before the next
   * probe.
   */
  get state(): NodeState {
    return this.engines.isUp() ? this.lease.state : 'down';
  }

  readonly isReachable = (): boolean => this.state === 'joined';

  /** Releases everything that the cluster still stores for this node. Call `close` after it. */
  async leave(): Promise<void> {
    this.routes.stop();
    this.presence.stop();
    this.detector.stop();
    this.rpc.stop();
    await this.lease.stop();
  }

  close(): void {
    this.engines.close();
  }
}

/** Opens the engines of a new node. If Redis cannot be reached, this still succeeds: the node continues to connect. */
export async function openClusterNode(options: ClusterNodeOptions): Promise<ClusterNode> {
  const { region, redis, otherRegions: others, memory } = options;
  const name = newNodeId();
  if (redis !== undefined && others.length > 0) {
    const node = nodeIdIn(region, name);
    return new ClusterNode(node, await openRegions({ node, redis, others }), options);
  }
  const engines = await openEngines({ node: name, ...(redis && { redis }), ...(memory && { region: memory }) });
  return new ClusterNode(name, engines, options);
}

/** A new id for this process; a gateway that restarts is another node. */
function newNodeId(): NodeId {
  return `n${randomBytes(9).toString('base64url')}` as NodeId;
}
