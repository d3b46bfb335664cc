/** The part of `WebSocket` that the SDK uses. Browsers, Node (22 and later) and the `ws` package implement it. */
export interface Socket {
  /** 1 if the socket is open. */
  readonly readyState: number;
  /** The subprotocol that the server selected. */
  readonly protocol: string;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void;
}

/** The constructor of a WebSocket. */
export type SocketClass = new (url: string, protocols: string[]) => Socket;

/** `readyState` of an open socket. */
export const OPEN = 1;
