import type { PeerCall } from '../peer-call.js';

type Callback = () => void;

/** What waits for the end of each call. */
const waiting = new WeakMap<Promise<unknown>, Set<Callback>>();

/**
 * Calls back when the call has ended. The returned function forgets the callback: a pending promise would keep it as long
 * as the call lasts, and a call can have any number of transfers.
 */
export function onPeerClosed({ closed }: Pick<PeerCall, 'closed'>, callback: Callback): Callback {
  const callbacks = waiting.get(closed) ?? watch(closed);
  callbacks.add(callback);
  return () => void callbacks.delete(callback);
}

function watch(closed: Promise<unknown>): Set<Callback> {
  const callbacks = new Set<Callback>();
  waiting.set(closed, callbacks);
  void closed.then(() => {
    waiting.delete(closed);
    for (const callback of [...callbacks]) callback();
  });
  return callbacks;
}
