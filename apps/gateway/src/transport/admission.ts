import { TokenBucket } from '@white-rabbit/signaling';
import { Inject, Injectable } from '@nestjs/common';
import { AdmissionConfig } from '../config/slices.js';
import { Connections } from './connections.js';
import type { Refusal } from './refusal.js';
import type { Source } from './source.js';

/** Refused clients retry with a random delay up to this, so that they do not return all at once. */
const RETRY_SPREAD_S = 5;

/**
 * Decides whether one more socket is admitted: the gateway is not draining, its caps are not reached, and the connect
 * rate is not exceeded.
 */
@Injectable()
export class Admission {
  readonly #rate: TokenBucket;
  #isClosed = false;

  constructor(
    private readonly config: AdmissionConfig,
    @Inject(Connections) private readonly connections: Pick<Connections, 'open' | 'makeRoom'>,
  ) {
    this.#rate = new TokenBucket(config.connects);
  }

  /** From now on every connection is refused, because this gateway is about to stop. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Called once for each upgrade that is otherwise valid; an admitted upgrade takes a token. `nowMs` is monotonic.
   * The limits of the source come first, so that a connection beyond them takes no token from other sources.
   */
  admit(nowMs: number, source?: Source): Refusal | undefined {
    if (this.#isClosed) return tryLater('This gateway is stopping.', 0);
    if (this.connections.open >= this.config.maxConnections) return tryLater('This gateway is full.', RETRY_SPREAD_S);
    const sourceWaitMs = source?.takeConnect(nowMs) ?? 0;
    if (sourceWaitMs > 0) return tryLater('Connections from this address come too fast.', sourceWaitMs / 1000);
    const waitMs = this.#rate.take(nowMs);
    if (waitMs > 0) return tryLater('Connections come too fast.', waitMs / 1000);
    return this.connections.makeRoom(source)
      ? undefined
      : tryLater('Too many sockets have not registered.', RETRY_SPREAD_S);
  }
}

function tryLater(reason: string, waitS: number): Refusal {
  return { status: 503, reason, retryAfterS: Math.max(1, waitS + Math.random() * RETRY_SPREAD_S) };
}
