import type { ClusterNode, RequestOutcome } from '@white-rabbit/cluster';
import type { Answer, CallMessage, CallTransport, Failure, NodeId } from '@white-rabbit/signaling';

/** Sends the messages of calls to other nodes, each as a request. */
export class RpcCallTransport implements CallTransport {
  constructor(
    private readonly cluster: Pick<ClusterNode, 'rpc' | 'isReachable'>,
    private readonly onOutcome: (outcome: RequestOutcome['outcome']) => void = () => undefined,
  ) {}

  async request(to: NodeId, message: CallMessage): Promise<Answer> {
    return this.cluster.isReachable() ? this.#answerOf(await this.cluster.rpc.request(to, message)) : 'unavailable';
  }

  post(to: NodeId, message: CallMessage, onFailure: (answer: Failure) => void): void {
    if (!this.cluster.isReachable()) {
      onFailure('unavailable');
      return;
    }
    this.cluster.rpc.post(to, message, (result) => {
      const answer = this.#answerOf(result);
      if (answer !== 'ok') onFailure(answer);
    });
  }

  #answerOf(result: RequestOutcome): Answer {
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
