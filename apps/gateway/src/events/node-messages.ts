import { Injectable } from '@nestjs/common';
import { ClusterNode, takeDrainRequest } from '@white-rabbit/cluster';
import { Calls, decodeNodeMessage, SessionRegistry, type NodeId } from '@white-rabbit/signaling';

/** What this node answers to text that it does not understand: junk, or of a newer version. */
const NOT_UNDERSTOOD = 'internal';

/** Handles messages of other nodes: about calls, that a session was replaced, that this gateway is to drain. */
@Injectable()
export class NodeMessages {
  #ignored = 0;
  #drain: () => void = () => undefined;

  constructor(
    { rpc }: ClusterNode,
    private readonly calls: Calls,
    private readonly sessions: SessionRegistry,
  ) {
    rpc.onEnvelope((from, body, isLate) => this.#take(from, body, isLate));
  }

  /** Messages that were not understood. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Sets what is done when an operator asks this gateway to drain; perhaps more than once. */
  onDrain(drain: () => void): void {
    this.#drain = drain;
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
