import { randomBytes } from 'node:crypto';
import { LIMITS, type IceServer } from '@white-rabbit/protocol';
import type { TurnConfig } from '../config/slices.js';
import { isStunUrl } from '../config/readers.js';
import { turnCredentials } from './turn-credentials.js';

/** Bytes of a user name that say nothing: enough that two calls never share one. */
const TOKEN_BYTES = 12;

/** What clients in a call are offered to find a way to each other. A DI token. */
export class IceServerProvider {
  readonly #stun: readonly IceServer[];
  readonly #relays: readonly string[];

  /** @param now milliseconds since 1970: the relays hold the expiry against their own wall clock. */
  constructor(
    private readonly turn: TurnConfig,
    private readonly now: () => number = Date.now,
  ) {
    // STUN takes no credentials: it only tells a client its own address.
    const stun = turn.urls.filter(isStunUrl);
    this.#stun = stun.length > 0 ? [{ urls: stun }] : [];
    this.#relays = turn.urls.filter((url) => !isStunUrl(url));
  }

  /**
   * Servers for one side of one call, with credentials of its own that nothing here remembers. `undefined` where none
   * are set.
   */
  servers(): readonly IceServer[] | undefined {
    if (this.turn.urls.length === 0) return undefined;
    const expiresAt = Math.ceil((this.now() + LIMITS.turnCredentialsMs) / 1000);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    return [...this.#stun, { urls: [...this.#relays], ...turnCredentials(this.turn.secret, expiresAt, token) }];
  }
}
