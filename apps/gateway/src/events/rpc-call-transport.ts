import type { Answer as CourierAnswer, NodeRpc } from '@white-rabbit/cluster';
import {
  decodeAnswer,
  encodeNodeMessage,
  type Answer,
  type CallMessage,
  type CallTransport,
  type NodeId,
} from '@white-rabbit/signaling';

/** Carries what the ends of a call tell each other between gateways: each message an envelope, each answer its receipt. */
export class RpcCallTransport implements CallTransport {
  constructor(
    private readonly rpc: NodeRpc,
    private readonly isReachable: () => boolean,
    private readonly onAnswer: (outcome: CourierAnswer['outcome']) => void = () => undefined,
  ) {}

  async request(to: NodeId, message: CallMessage): Promise<Answer> {
    if (!this.isReachable()) return 'unavailable';
    const answer = await this.rpc.request(to, encodeNodeMessage(message));
    this.onAnswer(answer.outcome);
    switch (answer.outcome) {
      case 'answered':
        // A gateway of another version may give answers that this one does not know.
        return decodeAnswer(answer.text) ?? 'internal';
      case 'unreachable':
      case 'silent':
        return 'undeliverable';
      case 'unavailable':
        // Nothing was sent. Where the cluster is there all the same, it is the one node that takes no more.
        return this.isReachable() ? 'undeliverable' : 'unavailable';
    }
  }
}
