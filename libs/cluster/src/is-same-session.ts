import type { Route } from '@white-rabbit/signaling';

/** Whether both routes have the same node and session, whatever their epochs. */
export function isSameSession(a: Route, b: Route): boolean {
  return a.session === b.session && a.node === b.node;
}
