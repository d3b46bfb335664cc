import { PATIENCE_MS, type ClusterNode, type RequestOutcome } from '@white-rabbit/cluster';
import type { Answer, CallMessage, CallTransport, NodeId } from '@white-rabbit/signaling';

/** Sends the messages of calls to other nodes, each as a request. */
export class RpcCallTransport implements CallTransport {
  constructor(
    private readonly cluster: Pick<ClusterNode, 'rpc' | 'isReachable'>,
    private readonly onOutcome: (outcome: RequestOutcome['outcome']) => void = () => undefined,
  ) {}

  async request(to: NodeId, message: CallMessage, isAwaited: boolean): Promise<Answer> {
    if (!this.cluster.isReachable()) return 'unavailable';
    const result = await this.cluster.rpc.request(to, message, isAwaited ? 0 : PATIENCE_MS);
    this.onOutcome(result.outcome);
    switch (result.outcome) {
      case 'answered':
        return result.answer;
      case 'unreachable':
      case 'timeout':
        return 'undeliverable';
      case 'unavailable':
        // Nothing was sent. If the cluster is reachable all the same, only that node accepts no more messages.
        return this.cluster.isReachable() ? 'undeliverable' : 'unavailable';
    }
  }
}
