import type { Answer as RpcAnswer, ClusterNode } from '@white-rabbit/cluster';
import {
  decodeAnswer,
  encodeNodeMessage,
  type Answer,
  type CallMessage,
  type CallTransport,
  type NodeId,
} from '@white-rabbit/signaling';

/** Carries the messages of calls between nodes, each as a request with a response. */
export class RpcCallTransport implements CallTransport {
  constructor(
    private readonly cluster: Pick<ClusterNode, 'rpc' | 'isReachable'>,
    private readonly onAnswer: (outcome: RpcAnswer['outcome']) => void = () => undefined,
  ) {}

  async request(to: NodeId, message: CallMessage): Promise<Answer> {
    if (!this.cluster.isReachable()) return 'unavailable';
    const answer = await this.cluster.rpc.request(to, encodeNodeMessage(message));
    this.onAnswer(answer.outcome);
    switch (answer.outcome) {
      case 'answered':
        // A gateway of another version may send answers that this version does not know.
        return decodeAnswer(answer.text) ?? 'internal';
      case 'unreachable':
      case 'silent':
        return 'undeliverable';
      case 'unavailable':
        // Nothing was sent. If the cluster is reachable all the same, only that node accepts no more messages.
        return this.cluster.isReachable() ? 'undeliverable' : 'unavailable';
    }
  }
}
