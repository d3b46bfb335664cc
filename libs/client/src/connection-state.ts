import type { Closed } from './reconnect.js';

/** The state of a client's connection to the server. */
export type ConnectionState =
  /** Opening a socket and registering. */
  | { readonly name: 'connecting' }
  /** Registered: the client can call and be called. */
  | { readonly name: 'online' }
  /** The connection ended with `why`. The client reconnects after `retryInMs`. */
  | { readonly name: 'waiting'; readonly retryInMs: number; readonly why: Closed }
  /** Permanent: `close()` was called (code 1000), or the server refused the client (45xx). Call `connect` after the user acted. */
  | { readonly name: 'ended'; readonly why: Closed };
