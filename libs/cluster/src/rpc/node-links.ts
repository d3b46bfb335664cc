import type { NodeId } from '@white-rabbit/signaling';
import type { Transit } from './message-age.js';
import { OpenRequests } from './open-requests.js';
import { Outbox } from './outbox.js';

/** What a node keeps for one other node with which it exchanges messages. */
export class NodeLink {
  /** Number of the last publish that was received from it; 0: none. */
  received = 0;
  /** How long its publishes take; `undefined`: none was received yet. */
  transit: Transit | undefined;
  readonly outbox = new Outbox();
  readonly requests: OpenRequests;

  constructor(
    readonly node: NodeId,
    /** Number of the last publish to it. */
    public sent: number,
  ) {
    this.requests = new OpenRequests(sent);
  }
}

/** Maximum of links: far more nodes than a cluster has. One more replaces the oldest one without a message in progress. */
export const LINKS_MAX = 4096;

/** The links to other nodes. */
export class NodeLinks {
  readonly #links = new Map<NodeId, NodeLink>();
  /** No dropped link has used a greater number: the next link to that node continues above it. */
  #floor = 0;

  of(node: NodeId): NodeLink {
    const known = this.#links.get(node);
    if (known !== undefined) return known;
    if (this.#links.size >= LINKS_MAX) this.#dropOne();
    const link = new NodeLink(node, this.#floor);
    this.#links.set(node, link);
    return link;
  }

  [Symbol.iterator](): Iterator<NodeLink> {
    return this.#links.values();
  }

  #dropOne(): void {
    for (const { node, sent, outbox, requests } of this) {
      if (outbox.size + requests.size > 0) continue;
      this.#floor = Math.max(this.#floor, sent, requests.lastId);
      this.#links.delete(node);
      return;
    }
  }
}
