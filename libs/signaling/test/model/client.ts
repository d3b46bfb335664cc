import type { CallId, PeerId } from '@white-rabbit/protocol';
import type { Session } from '../../src/index.js';
import type { SimNode } from '../world.js';
import type { Action } from './step.js';

/** What one client knows of one call: from the frames that it received and from what it did. */
export interface View {
  readonly id: CallId;
  readonly role: 'caller' | 'callee';
  readonly other: PeerId;
  /** The caller has received the accept, or the callee sent it. */
  accepted: boolean;
  over: boolean;
  established: boolean;
  /** The outcome of one of its accepts is unknown. */
  unsure: boolean;
  /** Its own `call` or `accept` has no answer yet. */
  unacknowledged: boolean;
  sent: number;
  lastHeard: number;
}

/** A session of a peer, and all its knowledge. */
export interface Client {
  readonly peer: PeerId;
  readonly session: Session;
  readonly node: SimNode;
  readonly views: Map<CallId, View>;
}

/** Adds a call that this client knows nothing of yet, but in which it takes part. */
export function openView(client: Client, id: CallId, role: View['role'], other: PeerId): View {
  const knowsNothing = { accepted: false, over: false, established: false, unsure: false, unacknowledged: false };
  const view = { id, role, other, ...knowsNothing, sent: 0, lastHeard: 0 };
  client.views.set(id, view);
  return view;
}

/** Calls that are not over, as far as the client knows. */
export function liveViews(client: Client): View[] {
  return [...client.views.values()].filter(({ over }) => !over);
}

/** Whether the view is suitable for that action; in one case of eight any view is. */
export function isFit(view: View, what: Action, chance: number): boolean {
  if (chance % 8 === 7 && what === 'signal') return true;
  if (what === 'accept') return view.role === 'callee' && (!view.accepted || chance % 8 === 7);
  return what !== 'signal' || view.accepted;
}
