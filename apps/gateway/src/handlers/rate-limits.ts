import { CLOSE_CODES } from '@white-rabbit/protocol';
import { FloodGate, TokenBucket, type Rate } from '@white-rabbit/signaling';
import type { SettingValues } from '../config/settings.js';
import type { Tally } from '../ops/tally.js';
import type { Connection } from '../socket/connection.js';
import { fail, type Asked } from './reply.js';

type Limits = Pick<
  SettingValues,
  'WR_SIGNALS_PER_SECOND' | 'WR_SIGNAL_BURST' | 'WR_EVENTS_PER_SECOND' | 'WR_EVENT_BURST' | 'WR_RATE_LIMITED_PER_MINUTE'
>;

/**
 * The limits of one connection: `signal` has a bucket, all other events share one, pings and pongs share one of the same
 * size. Made with its first frame.
 */
export class RateLimits {
  readonly #signalRate: Rate;
  readonly #eventRate: Rate;

  constructor(
    private readonly limits: Limits,
    private readonly counts: Pick<Tally<'frame' | 'flood'>, 'count'>,
  ) {
    this.#signalRate = { perSecond: limits.WR_SIGNALS_PER_SECOND, burst: limits.WR_SIGNAL_BURST };
    this.#eventRate = { perSecond: limits.WR_EVENTS_PER_SECOND, burst: limits.WR_EVENT_BURST };
  }

  /** Takes one frame's place. 0, or the ms until there is one. */
  take(connection: Connection, event: string): number {
    const bucket = event === 'signal' ? this.#signals(connection) : this.#events(connection);
    return bucket.take(performance.now());
  }

  /** Answers a frame that was beyond a limit and is dropped; a client that will not stop is shown the door. */
  refuse(connection: Connection, asked: Asked, waitMs: number): void {
    fail(connection, asked, 'rate_limited', { retryAfterMs: waitMs });
    if (this.#isFlooding(connection)) closeFor(connection, waitMs);
  }

  /** The same for a `register`: a socket whose register failed is closed. */
  refuseRegister(connection: Connection, asked: Asked, waitMs: number): void {
    this.counts.count('frame');
    fail(connection, asked, 'rate_limited', { retryAfterMs: waitMs });
    closeFor(connection, waitMs);
  }

  /** Whether a ping or a pong is within the limits. Beyond them it is not answered, and counts as any frame that is dropped. */
  allowsControlFrame(connection: Connection): boolean {
    connection.controlBucket ??= new TokenBucket(this.#eventRate);
    const waitMs = connection.controlBucket.take(performance.now());
    if (waitMs === 0) return true;
    if (this.#isFlooding(connection)) closeFor(connection, waitMs);
    return false;
  }

  /** Whether this is one too many within a minute. */
  #isFlooding(connection: Connection): boolean {
    connection.floodGate ??= new FloodGate(this.limits.WR_RATE_LIMITED_PER_MINUTE);
    this.counts.count('frame');
    const isFlooding = connection.floodGate.limited(performance.now());
    if (isFlooding) this.counts.count('flood');
    return isFlooding;
  }

  #signals(connection: Connection): TokenBucket {
    connection.signalBucket ??= new TokenBucket(this.#signalRate);
    return connection.signalBucket;
  }

  #events(connection: Connection): TokenBucket {
    connection.eventBucket ??= new TokenBucket(this.#eventRate);
    return connection.eventBucket;
  }
}

function closeFor(connection: Connection, waitMs: number): void {
  connection.close(CLOSE_CODES.rateLimited, `retry_after_ms=${Math.ceil(waitMs)}`);
}
