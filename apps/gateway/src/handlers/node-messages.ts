import type { Courier, NodeId } from '@white-rabbit/cluster';
import type { SessionId } from '@white-rabbit/protocol';
import { decodeNodeMessage, encodeNodeMessage, type Calls } from '@white-rabbit/signaling';
import type { Arrivals } from './arrivals.js';

/** What this node answers to text that it does not understand: junk, or of a newer version. */
const NOT_UNDERSTOOD = 'internal';

/** Takes what other gateways say to this one: messages about calls, and that a session was replaced. */
export class NodeMessages {
  #ignored = 0;

  constructor(
    private readonly courier: Courier,
    private readonly calls: Calls,
    private readonly arrivals: Arrivals,
  ) {}

  /** Messages that were not understood. */
  get ignored(): number {
    return this.#ignored;
  }

  start(): void {
    this.courier.onEnvelope((from, body) => this.#take(from, body));
  }

  #take(from: NodeId, body: string): string | Promise<string> {
    const message = decodeNodeMessage(body);
    if (message === undefined) {
      this.#ignored += 1;
      return NOT_UNDERSTOOD;
    }
    if (message.kind !== 'displaced') return this.calls.receive(from, message);
    this.arrivals.displace(message.session);
    return 'ok';
  }
}

/** Tells a node that one of its sessions was replaced. Should it not hear, its next renewal of the route tells it. */
export function tellDisplaced(courier: Courier, node: NodeId, session: SessionId): void {
  courier.tell(node, encodeNodeMessage({ kind: 'displaced', session }));
}
