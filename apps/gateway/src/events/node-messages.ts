import { Injectable } from '@nestjs/common';
import { ClusterNode, takeDrainRequest } from '@white-rabbit/cluster';
import { Calls, decodeNodeMessage, SessionRegistry, type NodeId } from '@white-rabbit/signaling';

/** The answer to a message that this node cannot decode: invalid text, or a message of a newer version. */
const NOT_UNDERSTOOD = 'internal';

/** Handles messages of other nodes: about calls, about replaced sessions, and drain requests. */
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

  /** Number of messages that could not be decoded. */
  get ignored(): number {
    return this.#ignored;
  }

  /** Sets the callback for an operator's drain request; the callback may be called more than once. */
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
