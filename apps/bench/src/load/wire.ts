import type { WebSocket } from 'ws';

/** What the text frames of one server look like, for clients on raw sockets: a client library would cost CPU of its own. */
export interface Wire {
  /** What follows the server's URL for that client. */
  path(client: string): string;
  /** First frame of a client, sent when the socket is open. `undefined`: the server sends first. */
  hello(client: string): string | undefined;
  /** Whether the frame confirms that the client is registered. */
  isWelcome(frame: string): boolean;
  /** The client's answer to any other frame of the server; `undefined`: none. */
  reply(frame: string, client: string): string | undefined;
  /** Frame that carries a payload, the text of a JSON object, to the other end. `to` is the result of `address`. */
  signal(to: string, payload: string): string;
  /** Whether the frame carries a payload of the other end. `to` is this end's address of it. */
  isSignal(frame: string, to: string): boolean;
  /** Frame that a client sends by itself, or its server closes the socket. */
  readonly heartbeat?: string;
  /** Lets two clients send signals to each other; resolves with the addresses of the second and the first. */
  connect(first: Client, second: Client): Promise<readonly [toSecond: string, toFirst: string]>;
}

/** A registered client. `name` is what it registered with. */
export interface Client {
  readonly name: string;
  readonly socket: WebSocket;
}
