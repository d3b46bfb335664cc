import { randomBytes } from 'node:crypto';
import { LIMITS, type IceServer } from '@white-rabbit/protocol';
import type { TurnConfig } from '../config/slices.js';
import { isStunUrl } from '../config/readers.js';
import { turnCredentials } from './turn-credentials.js';

/** Length of a random user name: enough that no two calls share one. */
const TOKEN_BYTES = 12;

/** The ICE servers that the gateway offers to clients in a call. A DI token. */
export class IceServerProvider {
  readonly #stun: readonly IceServer[];
  readonly #relays: readonly string[];

  /** @param now milliseconds since 1970: the relays compare the expiry with their own wall clock. */
  constructor(
    private readonly turn: TurnConfig,
    private readonly now: () => number = Date.now,
  ) {
    // STUN needs no credentials: it only reports a client's own address.
    const stun = turn.urls.filter(isStunUrl);
    this.#stun = stun.length > 0 ? [{ urls: stun }] : [];
    this.#relays = turn.urls.filter((url) => !isStunUrl(url));
  }

  /**
   * Servers for one side of one call, with its own credentials, which the gateway does not store. `undefined` if no
   * servers are configured.
   */
  servers(): readonly IceServer[] | undefined {
    if (this.turn.urls.length === 0) return undefined;
    const expiresAt = Math.ceil((this.now() + LIMITS.turnCredentialsMs) / 1000);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    return [...this.#stun, { urls: [...this.#relays], ...turnCredentials(this.turn.secret, expiresAt, token) }];
  }
}
