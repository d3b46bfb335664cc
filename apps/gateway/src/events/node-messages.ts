import { takeDrainRequest, type NodeRpc } from '@white-rabbit/cluster';
import type { SessionId } from '@white-rabbit/protocol';
import {
  decodeNodeMessage,
  encodeNodeMessage,
  type Calls,
  type NodeId,
  type SessionRegistry,
} from '@white-rabbit/signaling';

/** What this node answers to text that it does not understand: junk, or of a newer version. */
const NOT_UNDERSTOOD = 'internal';

/** Takes what is said to this gateway over the bus: about calls, that a session was replaced, that it should drain. */
export class NodeMessages {
  #ignored = 0;
  #drain: () => void = () => undefined;

  constructor(
    private readonly rpc: NodeRpc,
    private readonly calls: Calls,
    private readonly sessions: SessionRegistry,
  ) {}

  /** Messages that were not understood. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Sets what is done when an operator asks this gateway to drain; perhaps more than once. */
  onDrain(drain: () => void): void {
    this.#drain = drain;
  }

  start(): void {
    this.rpc.onEnvelope((from, body, isLate) => this.#take(from, body, isLate));
  }

  #take(from: NodeId, body: string, isLate: boolean): string | Promise<string> {
    const drained = takeDrainRequest(body, this.#drain);
    if (drained !== undefined) return drained;
    const message = decodeNodeMessage(body);
    if (message === undefined) {
      this.#ignored += 1;
      return NOT_UNDERSTOOD;
    }
    if (message.kind !== 'displaced') return this.calls.receive(from, message, isLate);
    this.sessions.displace(message.session);
    return 'ok';
  }
}

/** Tells a node that one of its sessions was replaced. Should it not hear, its next renewal of the route tells it. */
export function tellDisplaced(rpc: NodeRpc, node: NodeId, session: SessionId): void {
  rpc.notify(node, encodeNodeMessage({ kind: 'displaced', session }));
}
