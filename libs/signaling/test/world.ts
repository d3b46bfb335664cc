import type { NodeId } from '../src/sessions/route.js';
import type { SessionId } from '@white-rabbit/protocol';
import {
  Calls,
  Hub,
  decodeNodeMessage,
  encodeNodeMessage,
  type Answer,
  type CallLeg,
  type CallMessage,
  type EndReason,
  type Session,
} from '../src/index.js';

/** Something on its way from one node to another: it arrives, or it is lost. */
interface Parcel {
  arrive(): void;
  lose(): void;
}

/** A gateway as far as calls go. */
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
      },
      now: () => world.now,
      onEnd: (reason) => this.ends.push(reason),
      onTalk: (node, change) => this.talks.set(node, (this.talks.get(node) ?? 0) + change),
      ...(claiming === undefined ? {} : { claiming }),
    });
  }

  halves(): CallLeg[] {
    const all: CallLeg[] = [];
    this.hub.forEach((session) => all.push(...(session.calls?.values() ?? [])));
    return all;
  }
}

/** Nodes with ordered links between them that deliver, delay and lose at the test's word, and one clock. */
export class World {
  now = 1_000;
  readonly nodes: SimNode[];
  readonly #links = new Map<string, Parcel[]>();
  /** Asks that were lost: their askers find out later. */
  readonly #lost: (() => void)[] = [];
  /** Asks on their way: their askers may give up before they arrive. */
  readonly #asked = new Set<() => void>();
  /** Nodes that cannot send: what they ask is unavailable at once. */
  readonly #cutOff = new Set<NodeId>();

  constructor(nodes: number, claiming?: (session: SessionId) => Promise<unknown> | undefined) {
    this.nodes = Array.from({ length: nodes }, (_, i) => new SimNode(`node-${String(i)}` as NodeId, this, claiming));
  }

  node(index: number): SimNode {
    const node = this.nodes[index % this.nodes.length];
    if (node === undefined) throw new Error('no nodes');
    return node;
  }

  /** Any text that is sent is also proof of the codec. */
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
    const text = encodeNodeMessage(message);
    const arrive = () => {
      this.#asked.delete(giveUp);
      const node = this.nodes.find(({ id }) => id === to);
      const read = decodeNodeMessage(text);
      if (node?.alive !== true || read === undefined || read.kind === 'displaced') {
        lose();
        return;
      }
      const answer = node.calls.receive(from, read, isLate);
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

  /** Lets the next parcel of one of the busy links arrive or be lost. `false`: nothing is on its way. */
  step(which: number, fate: 'arrive' | 'lose' = 'arrive'): boolean {
    const busy = [...this.#links.values()].filter((parcels) => parcels.length > 0);
    const parcel = busy[which % busy.length]?.shift();
    parcel?.[fate]();
    return parcel !== undefined;
  }

  /** One asker whose question or answer was lost gives up. */
  giveUp(which: number): boolean {
    const [asker] = this.#lost.splice(this.#lost.length === 0 ? 0 : which % this.#lost.length, 1);
    asker?.();
    return asker !== undefined;
  }

  /** One asker gives up although its question is still on its way: it arrives late, or never. */
  outwait(which: number): boolean {
    const giveUp = [...this.#asked][which % Math.max(1, this.#asked.size)];
    if (giveUp === undefined) return false;
    this.#asked.delete(giveUp);
    giveUp();
    return true;
  }

  /** That node cannot send any more, or again. */
  cutOff(node: SimNode, isCutOff: boolean): void {
    if (isCutOff) this.#cutOff.add(node.id);
    else this.#cutOff.delete(node.id);
  }

  /** Every node can send, and is known to live. Some time passes, in which nothing is lost. */
  async heal(): Promise<void> {
    this.#cutOff.clear();
    const alive = this.nodes.filter((node) => node.alive);
    for (const node of alive) for (const other of alive) if (node !== other) node.calls.nodeBack(other.id);
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

  /** Everything on its way arrives, in an order that `seed` picks, and everybody hears of what was lost. */
  async drain(seed = 0): Promise<void> {
    for (let i = seed; this.step(i) || this.giveUp(i); i = (i * 7 + 3) % 1009) await settled();
    await settled();
  }

  /** The socket of that session is gone. */
  disconnect(node: SimNode, session: Session): void {
    node.hub.remove(session);
    node.calls.closed(session);
  }

  /** The node dies without a word: nothing of it speaks any more. */
  kill(node: SimNode): void {
    node.alive = false;
  }
}

/** Lets promises that are resolved run their course. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 6; i += 1) await Promise.resolve();
}
