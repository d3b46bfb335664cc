import type { PeerId, Status } from '@white-rabbit/protocol';
import type { NodeId } from '@white-rabbit/signaling';
import type { Clock } from '../../src/clock.js';
import { Ledger } from './ledger.js';
import { ModelNode, type NodeEngines } from './model-node.js';
import type { SeededRandom } from './seeded-random.js';

/** Settings of a cluster under a model. */
export interface ModelClusterOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly peers: number;
  readonly open: (self: NodeId) => NodeEngines | Promise<NodeEngines>;
  /** A node that begins to watch is right so long after: its first look may cross a move between two stores. Ms. */
  readonly watchMs?: number;
  /** Every watcher is notified of a change within it. Default: 1 s. Ms. */
  readonly toldMs?: number;
  /** Every watcher is notified of a peer whose node was killed, within it. Default: 15 s. Ms. */
  readonly killedToldMs?: number;
  /** The id of the how-manieth node. */
  readonly nodeId?: (count: number) => NodeId;
}

/** How often each thing happened. */
export interface FastCounter {
  connects: number;
  disconnects: number;
  takeovers: number;
  deaths: number;
  starts: number;
  leaves: number;
  changes: number;
}

/** Every watcher is notified of a change within it (docs/protocol.md, section 5). Ms. */
const TOLD_MS = 1000;
/** Of a peer whose gateway was killed, within it. Ms. */
const KILLED_TOLD_MS = 15_000;
/** All presence is right this long after a back end has recovered. Ms. */
const RECOVERED_MS = 10_000;

/**
 * Nodes that watch all peers, under random connects, disconnects, takeovers and deaths; and an oracle that compares
 * their views with the actual state.
 */
export class ModelCluster {
  readonly tally: FastCounter = {
    connects: 0,
    disconnects: 0,
    takeovers: 0,
    deaths: 0,
    starts: 0,
    leaves: 0,
    changes: 0,
  };
  readonly violations: string[] = [];
  readonly nodes = new Set<ModelNode>();
  readonly #peers: readonly PeerId[];
  readonly ledger: Ledger;
  #outageSince = -Infinity;
  #outageUntil = -Infinity;
  #started = 0;
  #starting = 0;

  constructor(private readonly options: ModelClusterOptions) {
    this.#peers = Array.from(
      { length: options.peers },
      (_, index) => `peer-${String(index).padStart(4, '0')}` as PeerId,
    );
    this.ledger = new Ledger(() => options.clock.now());
  }

  /** Starts a node; resolves when it watches all peers. */
  async start(): Promise<void> {
    const { clock, random, open, nodeId = (count) => `node-${count}` as NodeId } = this.options;
    const self = nodeId(++this.#started);
    this.tally.starts++;
    this.#starting++;
    const node = new ModelNode(self, await open(self), this.ledger, clock, random.next);
    this.#starting--;
    this.nodes.add(node);
    await node.start(this.#peers, (peer, status) => {
      this.#judgeTold(node, peer, status);
    });
  }

  /** Nodes that are running or being started. */
  get size(): number {
    return this.nodes.size + this.#starting;
  }

  /** Random events, with a pause after each, on up to `nodes` nodes; ends early at the first violation. */
  async churn(steps: number, nodes: number, pause: () => Promise<void>): Promise<void> {
    const { random } = this.options;
    for (let step = 0; step < steps && this.violations.length === 0; step++) {
      const dice = random.next();
      if (dice < 0.003) this.kill();
      else if (dice < 0.004) void this.leave();
      else void this.step();
      if (this.size < nodes && random.next() < 0.02) void this.start();
      await pause();
      if (step % 5 === 0) this.judge();
    }
  }

  /** A random peer connects at a random node, or disconnects. */
  async step(): Promise<void> {
    const { random } = this.options;
    const peer = random.pick(this.#peers);
    const node = random.pick([...this.nodes]);
    if (peer === undefined || node === undefined) return;
    const isOn = this.ledger.isRegistered(peer);
    if (isOn && random.next() < 0.6) this.#disconnect(peer);
    else await this.#connect(node, peer, isOn);
  }

  /** Gone without a word. */
  kill(node = this.options.random.pick([...this.nodes])): void {
    if (node === undefined) return;
    this.nodes.delete(node);
    this.tally.deaths++;
    node.kill();
  }

  /** Gone as it should be. */
  async leave(node = this.options.random.pick([...this.nodes])): Promise<void> {
    if (node === undefined) return;
    this.nodes.delete(node);
    this.tally.leaves++;
    await node.leave();
  }

  /** The back end is away from now on. One that comes before all have recovered from the last belongs to it. */
  outageBegins(): void {
    const now = this.options.clock.now();
    if (now > this.#outageUntil + RECOVERED_MS) this.#outageSince = now;
    this.#outageUntil = Infinity;
  }

  outageEnds(): void {
    this.#outageUntil = this.options.clock.now();
  }

  /** Compares every view with what is so. */
  judge(): void {
    for (const node of this.nodes) {
      if (node.watchingSince + (this.options.watchMs ?? 0) > this.options.clock.now()) continue;
      for (const peer of this.#peers) this.#judgeShown(node, peer);
    }
  }

  /** All peers disconnect. */
  disconnectAll(): void {
    for (const peer of this.#peers) this.#disconnect(peer);
  }

  /** Peers that are shown ONLINE by some node. */
  shown(): number {
    const isShown = (peer: PeerId) => [...this.nodes].some((node) => node.view.get(peer)?.status === 'ONLINE');
    return this.#peers.filter(isShown).length;
  }

  async #connect(node: ModelNode, peer: PeerId, isTakeover: boolean): Promise<void> {
    if (!(await node.connect(peer))) return;
    if (isTakeover) this.tally.takeovers++;
    else this.tally.connects++;
  }

  #disconnect(peer: PeerId): void {
    this.tally.disconnects++;
    for (const node of this.nodes) node.disconnect(peer);
  }

  #judgeTold(node: ModelNode, peer: PeerId, status: Status): void {
    this.tally.changes++;
    this.ledger.note(peer, `${node.self} reported ${status}`);
    if (status === 'OFFLINE' && this.#mustBeOnline(node, peer)) this.#violate(`${node.self} reported OFFLINE of`, peer);
    if (status === 'ONLINE' && this.#mustBeOffline(peer)) this.#violate(`${node.self} reported ONLINE of`, peer);
  }

  #judgeShown(node: ModelNode, peer: PeerId): void {
    const status = node.view.get(peer)?.status;
    if (status === 'OFFLINE' && this.#mustBeOnline(node, peer)) this.#violate(`${node.self} shows OFFLINE`, peer);
    if (status === 'ONLINE' && this.#mustBeOffline(peer)) this.#violate(`${node.self} shows ONLINE`, peer);
  }

  /** The status that was reported before an outage stays; later changes must wait for its end. */
  #mustBeOnline(node: ModelNode, peer: PeerId): boolean {
    const now = this.options.clock.now();
    const since = this.ledger.since(peer);
    if (!this.ledger.isRegistered(peer) || since + this.#toldMs > now) return false;
    const wasKnown = Math.max(since + this.#toldMs, node.watchingSince) < this.#outageSince;
    return wasKnown || now > this.#outageUntil + RECOVERED_MS;
  }

  #mustBeOffline(peer: PeerId): boolean {
    const now = this.options.clock.now();
    const since = this.ledger.since(peer);
    if (this.ledger.hasSocket(peer)) return false;
    const isQuiet = since > this.#outageUntil + RECOVERED_MS;
    if (isQuiet && this.ledger.isReleased(peer)) return since + this.#toldMs < now;
    return Math.max(since, this.#outageUntil) + (this.options.killedToldMs ?? KILLED_TOLD_MS) < now;
  }

  get #toldMs(): number {
    return this.options.toldMs ?? TOLD_MS;
  }

  #violate(what: string, peer: PeerId): void {
    const since = `which is so since ${this.ledger.since(peer).toFixed(0)}`;
    this.violations.push([`${what} ${peer}, ${since}`, ...this.ledger.notes(peer)].join('\n'));
  }
}
