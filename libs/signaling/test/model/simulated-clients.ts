import type { PeerId, SessionId } from '@white-rabbit/protocol';
import { Session } from '../../src/index.js';
import { World, type SimNode } from '../world.js';
import type { Client } from './client.js';
import { pick } from './step.js';

/** The clients of a simulated cluster: their identities and nodes, and how they connect and disconnect. */
export class SimulatedClients {
  readonly world: World;
  /** The newest session of each peer, and all that ever existed. */
  readonly #current = new Map<PeerId, Client>();
  readonly #all = new Map<SessionId, Client>();
  #sessions = 0;

  /** `onFrame` receives every frame that a client is sent. */
  constructor(
    nodes: number,
    peers: number,
    private readonly onFrame: (client: Client, text: string) => void,
  ) {
    this.world = new World(nodes);
    for (let i = 0; i < peers; i += 1) this.#register(`peer-000${String(i)}` as PeerId, this.world.node(i));
  }

  /** All clients that ever existed. */
  get all(): Client[] {
    return [...this.#all.values()];
  }

  /** The clients with an open socket. */
  get open(): Client[] {
    return this.all.filter(({ session, node }) => !session.closed && node.alive);
  }

  get aliveNodes(): SimNode[] {
    return this.world.nodes.filter(({ alive }) => alive);
  }

  of(session: SessionId): Client | undefined {
    return this.#all.get(session);
  }

  /** Another peer's newest session; the number selects which. */
  otherClient(than: Client, n: number): Client | undefined {
    const others = [...this.#current.values()].filter(({ peer }) => peer !== than.peer);
    return pick(others, n);
  }

  /** Drops the connection and reconnects, at some node; or reconnects first and the old connection ends later. */
  reconnect(client: Client, b: number, c: number): void {
    const node = pick(this.aliveNodes, c);
    if (node === undefined) return;
    const isCurrent = this.#current.get(client.peer) === client;
    if (isCurrent && b % 2 === 0) this.#register(client.peer, node);
    else {
      this.world.disconnect(client.node, client.session);
      if (isCurrent) this.#register(client.peer, node);
    }
  }

  /** A node dies, unless it is the last. Its peers reconnect at other nodes. */
  kill(a: number, b: number): void {
    if (this.aliveNodes.length < 2 || b % 4 !== 0) return;
    const node = pick(this.aliveNodes, a);
    if (node === undefined) return;
    this.world.kill(node);
    for (const [peer, client] of this.#current) {
      const next = pick(this.aliveNodes, b);
      if (client.node === node && next !== undefined) this.#register(peer, next);
    }
  }

  /** A node regards another as dead that may still be running. */
  suspect(a: number, b: number): void {
    const [node, other] = [pick(this.aliveNodes, a), this.world.node(b)];
    if (node !== other) node?.calls.nodeDead(other.id);
  }

  /** A node detects that another is running. */
  believe(a: number, b: number): void {
    const [node, other] = [pick(this.aliveNodes, a), pick(this.aliveNodes, b)];
    if (node !== undefined && other !== undefined && node !== other) node.calls.nodeRecovered(other.id);
  }

  /** Every running node regards the nodes that died as dead. */
  detectDeadNodes(): void {
    for (const dead of this.world.nodes.filter(({ alive }) => !alive)) {
      for (const node of this.aliveNodes) node.calls.nodeDead(dead.id);
    }
  }

  #register(peer: PeerId, node: SimNode): void {
    const id = `session-${String((this.#sessions += 1))}` as SessionId;
    const session = new Session(id, peer, 'license', {
      send: (text) => {
        this.onFrame(client, text);
        return true;
      },
      close: () => undefined,
    });
    const client: Client = { peer, session, node, views: new Map() };
    const displaced = node.hub.add(session);
    this.#current.set(peer, client);
    this.#all.set(id, client);
    if (displaced !== undefined) node.calls.closed(displaced);
  }
}
