/** A `register`: while it has no answer, and for a moment after it was refused, the peer may be ONLINE. */
export interface Attempt {
  readonly gateway: number;
  /** When it was answered, or its connection ended. */
  endMs: number | undefined;
}

/** The last attempt of each peer to register. */
export class RegisterAttempts {
  readonly #last = new Map<string, Attempt>();

  begin(peer: string, gateway: number): void {
    this.#last.set(peer, { gateway, endMs: undefined });
  }

  /** Ends an attempt that is open. Returns its gateway. */
  end(peer: string, nowMs: number): number | undefined {
    const attempt = this.#last.get(peer);
    if (attempt === undefined || attempt.endMs !== undefined) return undefined;
    attempt.endMs = nowMs;
    return attempt.gateway;
  }

  last(peer: string): Attempt | undefined {
    return this.#last.get(peer);
  }

  isOpen(peer: string): boolean {
    const attempt = this.#last.get(peer);
    return attempt !== undefined && attempt.endMs === undefined;
  }
}
