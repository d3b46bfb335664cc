import type { NodeId } from '@white-rabbit/signaling';
import type { NodeRpc } from './node-rpc.js';

const REQUEST = 'drain';
const ACCEPTED = 'ok';

/**
 * The outcome of a request to drain. `accepted`: the node drains · `refused`: its version does not support the request
 * · `unreachable`: no such node is subscribed · `silent`: it may have received the request, but no answer came in time
 * · `unavailable`: the request was not sent.
 */
export type DrainAnswer = 'accepted' | 'refused' | 'unreachable' | 'silent' | 'unavailable';

/**
 * Requests that a node drains and leaves, as SIGTERM does. A repeated request has no further effect. Never rejects.
 */
export async function askToDrain(rpc: NodeRpc, node: NodeId): Promise<DrainAnswer> {
  const answer = await rpc.request(node, REQUEST);
  if (answer.outcome !== 'answered') return answer.outcome;
  return answer.text === ACCEPTED ? 'accepted' : 'refused';
}

/**
 * The answer to a message that requests that this node drains, after `drain` was called; `undefined` for any other
 * message.
 */
export function takeDrainRequest(body: string, drain: () => void): string | undefined {
  if (body !== REQUEST) return undefined;
  drain();
  return ACCEPTED;
}
