import type { Route } from '@white-rabbit/signaling';

/** Whether both say that the peer is at the same node in the same session, whatever their epochs. */
export function isSameSession(a: Route, b: Route): boolean {
  return a.session === b.session && a.node === b.node;
}
