import type { SocketClass } from '@white-rabbit/client';

/** The WebSocket class of the package `ws` for a Node without a global one (20); otherwise `undefined`. */
export async function findSocketClass(): Promise<SocketClass | undefined> {
  return 'WebSocket' in globalThis ? undefined : (await import('ws')).WebSocket;
}
