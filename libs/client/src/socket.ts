/** What this SDK uses of a WebSocket: browsers' own, Node's own (22 and later) and that of the `ws` package have it. */
export interface Socket {
  /** 1 while frames can be sent. */
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** A WebSocket class. */
export type SocketClass = new (url: string, protocol: string) => Socket;

/** `readyState` of a socket that is open. */
export const OPEN = 1;
