import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { FloodGate, TokenBucket, type Rate } from '@white-rabbit/signaling';
import type { SettingValues } from '../../config/settings.js';
import type { FastCounter } from '../../telemetry/metrics/fast-counter.js';
import type { Connection } from '../../transport/connection.js';
import { fail, type RequestMeta } from '../reply.js';

type Limits = Pick<
  SettingValues,
  | 'WR_SIGNALS_PER_SECOND'
  | 'WR_SIGNAL_BURST'
  | 'WR_EVENTS_PER_SECOND'
  | 'WR_EVENT_BURST'
  | 'WR_BYTES_PER_SECOND'
  | 'WR_BYTE_BURST'
  | 'WR_UNREGISTERED_BYTES'
  | 'WR_CONTACTS_PER_SECOND'
  | 'WR_MAX_CONTACTS'
  | 'WR_RATE_LIMITED_PER_MINUTE'
>;

/** Lists of the most contacts that a session may add at once: its first, and the same once more. */
const CONTACT_LISTS = 2;

/**
 * A connection that has sent so much more than its steady rate takes turns with others that have. Bytes, and frames: what
 * several connections may have handled in one turn of the event loop.
 */
const BURST_BYTES = 16 * 1024;
const BURST_FRAMES = 16;

/**
 * The limits of one connection: all frames share a bucket of bytes; `signal` has a bucket of frames, all other events
 * share one, pings and pongs share one of the same size; and added contacts have theirs. Each is made when it is first
 * taken from. Times are monotonic ms.
 */
export class RateLimits {
  /** What a client within its limits may send, whatever it sends. */
  readonly arrivals: Rate;
  readonly #signalRate: Rate;
  readonly #eventRate: Rate;
  readonly #byteRate: Rate;
  readonly #unregisteredByteRate: Rate;
  readonly #contactRate: Rate;

  constructor(
    private readonly limits: Limits,
    private readonly counts: Pick<FastCounter<'frame' | 'flood'>, 'count'>,
  ) {
    this.#signalRate = { perSecond: limits.WR_SIGNALS_PER_SECOND, burst: limits.WR_SIGNAL_BURST };
    this.#eventRate = { perSecond: limits.WR_EVENTS_PER_SECOND, burst: limits.WR_EVENT_BURST };
    this.#byteRate = { perSecond: limits.WR_BYTES_PER_SECOND, burst: limits.WR_BYTE_BURST };
    this.#unregisteredByteRate = {
      perSecond: (limits.WR_UNREGISTERED_BYTES * 1000) / LIMITS.registerMs,
      burst: limits.WR_UNREGISTERED_BYTES,
    };
    this.#contactRate = {
      perSecond: limits.WR_CONTACTS_PER_SECOND,
      burst: CONTACT_LISTS * limits.WR_MAX_CONTACTS,
    };
    this.arrivals = {
      perSecond: this.#signalRate.perSecond + this.#eventRate.perSecond,
      burst: this.#signalRate.burst + this.#eventRate.burst,
    };
  }

  /** Takes one frame's place. 0, or the ms until there is one. */
  take(connection: Connection, event: string, nowMs: number): number {
    const bucket = event === 'signal' ? this.#signals(connection) : this.#events(connection);
    return bucket.take(nowMs);
  }

  /** Takes the bytes of a frame, before it is read. 0, or the ms until there is room for them. */
  takeBytes(connection: Connection, bytes: number, nowMs: number): number {
    return this.#bytes(connection).take(nowMs, bytes);
  }

  /** Takes the places of contacts that a session adds. 0, or the ms until there are as many. */
  takeContacts(connection: Connection, contacts: number, nowMs: number): number {
    if (contacts === 0) return 0;
    connection.contactBucket ??= new TokenBucket(this.#contactRate);
    return connection.contactBucket.take(nowMs, contacts);
  }

  /** Whether the connection has of late sent much more than its steady rate. */
  isBursting({ byteBucket, signalBucket, eventBucket, lastHeardMs }: Connection): boolean {
    return (
      isBeyond(byteBucket, BURST_BYTES, lastHeardMs) ||
      isBeyond(signalBucket, BURST_FRAMES, lastHeardMs) ||
      isBeyond(eventBucket, BURST_FRAMES, lastHeardMs)
    );
  }

  /**
   * Answers a frame that was beyond a limit and is dropped. A client that will not stop is closed with 4003, and so is a
   * connection whose `register` it was.
   */
  refuse(connection: Connection, asked: RequestMeta, waitMs: number): void {
    fail(connection, asked, 'rate_limited', { retryAfterMs: waitMs });
    const isFlooding = this.#isFlooding(connection);
    const isRegister = asked.event === 'register' && connection.session === undefined;
    if (isRegister || isFlooding) closeFor(connection, waitMs);
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

  /** A session has a bucket of its own: what came before it was one does not count. */
  #bytes(connection: Connection): TokenBucket {
    const rate = connection.session === undefined ? this.#unregisteredByteRate : this.#byteRate;
    if (connection.byteBucket?.rate !== rate) connection.byteBucket = new TokenBucket(rate);
    return connection.byteBucket;
  }
}

function isBeyond(bucket: TokenBucket | undefined, tokens: number, nowMs: number): boolean {
  return bucket !== undefined && bucket.taken(nowMs) > tokens;
}

function closeFor(connection: Connection, waitMs: number): void {
  connection.close(CLOSE_CODES.rateLimited, `retry_after_ms=${Math.ceil(waitMs)}`);
}
