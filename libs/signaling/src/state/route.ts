import type { PeerId, SessionId } from '@white-rabbit/protocol';

/** One gateway process; a new one at each start. `A–Z a–z 0–9 _ -`. */
export type NodeId = string & { readonly __brand: 'NodeId' };

/** Orders two claims of one peer: the greater is the newer. Microseconds of the store's clock, forced to grow. */
export type Epoch = number & { readonly __brand: 'Epoch' };

/** Peer P is at node N in session S since claim E. */
export interface Route {
  readonly peer: PeerId;
  readonly node: NodeId;
  readonly session: SessionId;
  readonly epoch: Epoch;
}
