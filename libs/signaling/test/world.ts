import type { NodeId } from '../src/state/route.js';
import type { SessionId } from '@white-rabbit/protocol';
import { Calls, Hub, type Answer, type CallLeg, type CallMessage, type EndReason, type Session } from '../src/index.js';

/** A message in transit from one node to another: it arrives, or it is lost. */
interface Parcel {
  arrive(): void;
  lose(): void;
}

/** The calls of one gateway. */
export class SimNode {
  readonly hub = new Hub();
  readonly ends: EndReason[] = [];
  readonly talks = new Map<NodeId, number>();
  readonly calls: Calls;
  alive = true;

  constructor(
    readonly id: NodeId,
    world: World,
    claiming?: (session: SessionId) => Promise<unknown> | undefined,
  ) {
    this.calls = new Calls({
      self: id,
      hub: this.hub,
      transport: {
        request: (to, message) => world.request(id, to, message),
        post: (to, message, onFailure) =>
          void world.request(id, to, message).then((answer) => {
            if (answer !== 'ok') onFailure(answer);
          }),
      },
      now: () => world.now,
      onEnd: (reason) => this.ends.push(reason),
      onTalk: (node, change) => this.talks.set(node, (this.talks.get(node) ?? 0) + change),
      ...(claiming === undefined ? {} : { claiming }),
    });
  }

  legs(): CallLeg[] {
    const all: CallLeg[] = [];
    this.hub.forEach((session) => all.push(...(session.calls?.values() ?? [])));
    return all;
  }
}

/** Nodes with ordered links between them that deliver, delay and lose messages as the test commands, and one clock. */
export class World {
  now = 1_000;
  readonly nodes: SimNode[];
  readonly #links = new Map<string, Parcel[]>();
  /** Requests that were lost: their senders find that out later. */
  readonly #lost: (() => void)[] = [];
  /** Requests in transit: their senders may time out before they arrive. */
  readonly #asked = new Set<() => void>();
  /** Nodes that cannot send: their requests are unavailable at once. */
  readonly #cutOff = new Set<NodeId>();

  constructor(nodes: number, claiming?: (session: SessionId) => Promise<unknown> | undefined) {
    this.nodes = Array.from({ length: nodes }, (_, i) => new SimNode(`node-${String(i)}` as NodeId, this, claiming));
  }

  node(index: number): SimNode {
    const node = this.nodes[index % this.nodes.length];
    if (node === undefined) throw new Error('no nodes');
    return node;
  }

  request(from: NodeId, to: NodeId, message: CallMessage): Promise<Answer> {
    if (this.#cutOff.has(from)) return Promise.resolve('unavailable');
    const asked = Promise.withResolvers<Answer>();
    let isLate = false;
    const giveUp = () => {
      isLate = true;
      asked.resolve('undeliverable');
    };
    this.#asked.add(giveUp);
    const lose = () => {
      this.#lost.push(() => {
        asked.resolve('undeliverable');
      });
    };
    const arrive = () => {
      this.#asked.delete(giveUp);
      const node = this.nodes.find(({ id }) => id === to);
      if (node?.alive !== true) {
        lose();
        return;
      }
      const answer = node.calls.receive(from, message, isLate);
      const reply = (given: Answer) => {
        this.#send(to, from, {
          arrive: () => {
            asked.resolve(given);
          },
          lose,
        });
      };
      if (typeof answer === 'string') reply(answer);
      else void answer.then(reply);
    };
    this.#send(from, to, {
      arrive,
      lose: () => {
        this.#asked.delete(giveUp);
        lose();
      },
    });
    return asked.promise;
  }

  #send(from: NodeId, to: NodeId, parcel: Parcel): void {
    const link = `${from}>${to}`;
    const parcels = this.#links.get(link);
    if (parcels === undefined) this.#links.set(link, [parcel]);
    else parcels.push(parcel);
  }

  /** The next parcel of one of the busy links arrives or is lost. `false`: nothing is in transit. */
  step(which: number, fate: 'arrive' | 'lose' = 'arrive'): boolean {
    const busy = [...this.#links.values()].filter((parcels) => parcels.length > 0);
    const parcel = busy[which % busy.length]?.shift();
    parcel?.[fate]();
    return parcel !== undefined;
  }

  /** The sender of one request that was lost, or whose answer was lost, times out. */
  giveUp(which: number): boolean {
    const [asker] = this.#lost.splice(this.#lost.length === 0 ? 0 : which % this.#lost.length, 1);
    asker?.();
    return asker !== undefined;
  }

  /** The sender of one request times out although the request is still in transit: it arrives late, or never. */
  outwait(which: number): boolean {
    const giveUp = [...this.#asked][which % Math.max(1, this.#asked.size)];
    if (giveUp === undefined) return false;
    this.#asked.delete(giveUp);
    giveUp();
    return true;
  }

  /** That node cannot send any more, or can send again. */
  cutOff(node: SimNode, isCutOff: boolean): void {
    if (isCutOff) this.#cutOff.add(node.id);
    else this.#cutOff.delete(node.id);
  }

  /** Every node can send, and is regarded as running. Some time passes, in which nothing is lost. */
  async heal(): Promise<void> {
    this.#cutOff.clear();
    const alive = this.nodes.filter((node) => node.alive);
    for (const node of alive) for (const other of alive) if (node !== other) node.calls.nodeRecovered(other.id);
    for (let i = 0; i < 4; i += 1) {
      await this.drain(i);
      this.advance(500);
    }
    await this.drain();
  }

  advance(ms: number): void {
    this.now += ms;
    for (const node of this.nodes) if (node.alive) node.calls.tick(this.now);
  }

  /** Everything in transit arrives, in an order that `seed` selects, and every sender of a lost request times out. */
  async drain(seed = 0): Promise<void> {
    for (let i = seed; this.step(i) || this.giveUp(i); i = (i * 7 + 3) % 1009) await settled();
    await settled();
  }

  /** The socket of that session has closed. */
  disconnect(node: SimNode, session: Session): void {
    node.hub.remove(session);
    node.calls.closed(session);
  }

  /** The node dies without a notification: it sends nothing any more. */
  kill(node: SimNode): void {
    node.alive = false;
  }
}

/** Lets resolved promises run their continuations. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 6; i += 1) await Promise.resolve();
}
