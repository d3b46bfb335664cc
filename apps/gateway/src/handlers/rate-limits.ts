import { FloodGate, TokenBucket, type Rate } from '@white-rabbit/signaling';
import type { SettingValues } from '../config/settings.js';
import type { Tally } from '../ops/tally.js';
import type { Connection } from '../socket/connection.js';

type Limits = Pick<
  SettingValues,
  'WR_SIGNALS_PER_SECOND' | 'WR_SIGNAL_BURST' | 'WR_EVENTS_PER_SECOND' | 'WR_EVENT_BURST' | 'WR_RATE_LIMITED_PER_MINUTE'
>;

/** The limits of one connection: `signal` has a bucket, all other frames share one. Made with its first frame. */
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

  /** Counts a frame that was beyond the limits. Whether it is one too many within a minute. */
  isFlooding(connection: Connection): boolean {
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
