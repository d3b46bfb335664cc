import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { type Epoch, type NodeId, type Route, Unavailable } from '@white-rabbit/signaling';
import {
  joinRegions,
  MemoryRegion,
  nodeIdIn,
  NodeLease,
  NodeRpc,
  FailureDetector,
  openEngines,
  PresenceView,
  RouteKeeper,
  type Engines,
} from '../../src/index.js';
import { FakeClock } from '../node/fake-clock.js';
import { cuttableLink, type CuttableLink } from './cuttable-link.js';

const DISPLACED = 'displaced ';

/** One node of a region: a gateway without its sockets. */
export interface RegionalNode {
  readonly self: NodeId;
  readonly engines: Engines;
  readonly keeper: RouteKeeper;
  readonly view: PresenceView;
  /** What its view reported: `peer STATUS`. */
  readonly reported: string[];
  /** Sessions that lost their routes. */
  readonly lost: SessionId[];
  readonly givenUp: NodeId[];
  /** Its links to the other regions, by name. */
  readonly links: ReadonlyMap<string, CuttableLink>;
  link(region: string): CuttableLink;
  /** While `true`, its renewals fail. */
  hold(isHeld: boolean): void;
  /** Gone without a word. */
  kill(): void;
}

/** Several regions in memory in one time that a test moves. Clocks of the regions may differ: ms ahead, by name. */
export class RegionalWorld {
  readonly clock = new FakeClock();
  readonly #regions: ReadonlyMap<string, MemoryRegion>;
  #started = 0;

  constructor(aheadMs: Readonly<Record<string, number>>) {
    const now = (ahead: number) => () => 1_000_000 + this.clock.now() + ahead;
    this.#regions = new Map(
      Object.entries(aheadMs).map(([name, ahead]) => [name, new MemoryRegion({ now: now(ahead) })]),
    );
  }

  region(name: string): MemoryRegion {
    const region = this.#regions.get(name);
    if (region === undefined) throw new Error(`There is no region ${name}.`);
    return region;
  }

  /** Starts a node whose links have been probed. */
  async start(home: string): Promise<RegionalNode> {
    const { clock } = this;
    const self = nodeIdIn(home, `node${++this.#started}`);
    const links = new Map<string, CuttableLink>();
    for (const [name, region] of this.#regions) {
      if (name !== home) links.set(name, cuttableLink(await openEngines({ node: self, region }), clock));
    }
    const local = await openEngines({ node: self, region: this.region(home) });
    let isHeld = false;
    const renew = local.routes.renew.bind(local.routes);
    local.routes.renew = (routes) => (isHeld ? Promise.reject(new Unavailable('The node is held.')) : renew(routes));
    const elsewhere = [...links].map(([name, { engines }]) => ({ name, engines }));
    const engines = joinRegions({ node: self, local, elsewhere, clock });
    const { routes, feed, bus, registry } = engines;
    const rpc = new NodeRpc({ bus, self, clock });
    const lease = new NodeLease({ registry, rpc, self, clock, resetSubscriber: () => undefined });
    const nodes = new FailureDetector({ registry, self, clock });
    const keeper = new RouteKeeper({ routes, self, lease, feed, clock, random: () => 0.5 });
    const view = new PresenceView({ feed, routes, nodes, clock });
    const node: RegionalNode = {
      ...{ self, engines, keeper, view, links, reported: [], lost: [], givenUp: [] },
      link: (region) => links.get(region) ?? fail(region),
      hold: (hold) => {
        isHeld = hold;
      },
      kill: () => {
        lease.abandon();
        rpc.stop();
        nodes.stop();
        keeper.stop();
        view.stop();
        engines.close();
      },
    };
    view.onChange(({ peer, status }) => node.reported.push(`${peer} ${status}`));
    keeper.onLost(({ session }) => node.lost.push(session));
    keeper.onDisplaced((route) => void bus.send(route.node, `${DISPLACED}${route.peer} ${route.session}`));
    bus.onMessage((body) => {
      if (!body.startsWith(DISPLACED)) return;
      const [peer, session] = body.slice(DISPLACED.length).split(' ') as [PeerId, SessionId];
      const before = keeper.size;
      keeper.forget({ peer, node: self, session, epoch: 0 as Epoch });
      if (keeper.size < before) node.lost.push(session);
    });
    nodes.onDead((dead) => node.givenUp.push(dead));
    await lease.join();
    await clock.advance(0);
    return node;
  }

  /** The peer's routes that count, in all regions. */
  async routesOf(peer: PeerId): Promise<readonly Route[]> {
    const found: Route[] = [];
    for (const [name, region] of this.#regions) {
      const route = region.route(peer);
      if (route?.node.startsWith(`${name}_`) === true) found.push(route);
    }
    return Promise.resolve(found);
  }
}

function fail(region: string): never {
  throw new Error(`There is no link to ${region}.`);
}
