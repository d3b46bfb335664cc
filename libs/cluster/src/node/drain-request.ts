import type { NodeId } from '@white-rabbit/signaling';
import type { NodeRpc } from './node-rpc.js';

const REQUEST = 'drain';
const ACCEPTED = 'ok';

/**
 * What became of a request to drain. `accepted`: the node drains · `refused`: it does not understand, being of an older
 * version · `unreachable`: no such node listens · `silent`: it may have heard, but no answer came in time ·
 * `unavailable`: the request was not sent.
 */
export type DrainAnswer = 'accepted' | 'refused' | 'unreachable' | 'silent' | 'unavailable';

/** Asks a node to drain and leave, as SIGTERM does. Asking twice is asking once. Never rejects. */
export async function askToDrain(rpc: NodeRpc, node: NodeId): Promise<DrainAnswer> {
  const answer = await rpc.request(node, REQUEST);
  if (answer.outcome !== 'answered') return answer.outcome;
  return answer.text === ACCEPTED ? 'accepted' : 'refused';
}

/** The answer to an envelope that asks this node to drain, once `drain` was called; `undefined` for any other envelope. */
export function takeDrainRequest(body: string, drain: () => void): string | undefined {
  if (body !== REQUEST) return undefined;
  drain();
  return ACCEPTED;
}
