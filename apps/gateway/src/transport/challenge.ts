import type { Nonce } from '@white-rabbit/protocol';

/** What a client signs to prove its identity on one connection, in one `register`. */
export interface Challenge {
  readonly nonce: Nonce;
  /** The hosts that the client may have dialled: a proof for another host was meant for another server. */
  readonly hosts: readonly string[];
}
