import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { FloodGate, TokenBucket, type Rate } from '@white-rabbit/signaling';
import { Inject, Injectable } from '@nestjs/common';
import { LimitsConfig } from '../../config/slices.js';
import { Metrics } from '../../telemetry/metrics/metrics.js';
import type { Connection } from '../../transport/connection.js';
import { fail, type RequestMeta } from '../reply.js';

/** The bucket of contacts holds this many full contact lists: the first list of a session and one more. */
const CONTACT_LISTS = 2;

/**
 * If a connection exceeds its steady rate by this much, it shares turns of the event loop with other bursting
 * connections. In bytes, and in frames: the amount of several connections that one turn of the event loop may handle.
 */
const BURST_BYTES = 16 * 1024;
const BURST_FRAMES = 16;
/** The bytes of a session that count for bursts only. They are not limited: its frames are. */
const STEADY_BYTES: Rate = { perSecond: 256 * 1024, burst: 1024 * 1024 };

/**
 * The limits of one connection: before `register` all frames share a bucket of bytes; `signal` has a bucket of frames; all
 * other events share one; pings and pongs share one of the same size; added contacts have their own. Each bucket is created
 * at its first use. Times are monotonic ms.
 */
@Injectable()
export class RateLimits {
  /** The frames that a client within its limits may send, of any kind. */
  readonly arrivals: Rate;

  readonly #signalRate: Rate;
  readonly #eventRate: Rate;
  readonly #unregisteredByteRate: Rate;
  readonly #contactRate: Rate;

  constructor(
    private readonly config: LimitsConfig,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'limited'>,
  ) {
    this.#signalRate = config.signals;
    this.#eventRate = config.events;
    this.#unregisteredByteRate = {
      perSecond: (config.unregisteredBytes * 1000) / LIMITS.registerMs,
      burst: config.unregisteredBytes,
    };
    this.#contactRate = { perSecond: config.contactsPerSecond, burst: CONTACT_LISTS * config.maxContacts };
    this.arrivals = {
      perSecond: this.#signalRate.perSecond + this.#eventRate.perSecond,
      burst: this.#signalRate.burst + this.#eventRate.burst,
    };
  }

  /** Maximum number of contacts of a session. */
  get maxContacts(): number {
    return this.config.maxContacts;
  }

  /** Dropped frames after which a connection is closed. */
  get maxRefusals(): number {
    return this.config.rateLimitedPerMinute;
  }

  /** Takes a token for one frame. Returns 0, or the ms until a token is available. */
  take(connection: Connection, event: string, nowMs: number): number {
    const bucket = event === 'signal' ? this.#signals(connection) : this.#events(connection);
    return bucket.take(nowMs);
  }

  /** Counts the bytes of a frame, before the frame is decoded. Returns 0, or the ms until there is capacity for them. */
  takeBytes(connection: Connection, bytes: number, nowMs: number): number {
    const waitMs = this.#bytes(connection).take(nowMs, bytes);
    return connection.session === undefined ? waitMs : 0;
  }

  /** Takes tokens for the contacts that a session adds. Returns 0, or the ms until enough tokens are available. */
  takeContacts(connection: Connection, contacts: number, nowMs: number): number {
    if (contacts === 0) return 0;
    connection.contactBucket ??= new TokenBucket(this.#contactRate);
    return connection.contactBucket.take(nowMs, contacts);
  }

  /** Whether the connection has recently sent much more than its steady rate. */
  isBursting({ byteBucket, signalBucket, eventBucket, lastHeardMs }: Connection): boolean {
    return (
      isBeyond(byteBucket, BURST_BYTES, lastHeardMs) ||
      isBeyond(signalBucket, BURST_FRAMES, lastHeardMs) ||
      isBeyond(eventBucket, BURST_FRAMES, lastHeardMs)
    );
  }

  /**
   * Answers a frame that exceeds a limit and is dropped. If a client continues to exceed limits, it is closed with
   * 4003; so is a connection whose `register` exceeds a limit.
   */
  refuse(connection: Connection, asked: RequestMeta, waitMs: number): void {
    fail(connection, asked, 'rate_limited', { retryAfterMs: waitMs });
    const isFlooding = this.#isFlooding(connection);
    const isRegister = asked.event === 'register' && connection.session === undefined;
    if (isRegister || isFlooding) closeFor(connection, waitMs);
  }

  /**
   * Whether a ping or a pong is within the limits. Beyond them it is not answered and counts like any dropped frame.
   */
  allowsControlFrame(connection: Connection): boolean {
    connection.controlBucket ??= new TokenBucket(this.#eventRate);
    const waitMs = connection.controlBucket.take(performance.now());
    if (waitMs === 0) return true;
    if (this.#isFlooding(connection)) closeFor(connection, waitMs);
    return false;
  }

  /** Whether this dropped frame exceeds the limit of dropped frames per minute. */
  #isFlooding(connection: Connection): boolean {
    connection.floodGate ??= new FloodGate(this.config.rateLimitedPerMinute);
    this.metrics.limited.count('frame');
    const isFlooding = connection.floodGate.limited(performance.now());
    if (isFlooding) this.metrics.limited.count('flood');
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

  /** A session has its own bucket: bytes from before the registration do not count. */
  #bytes(connection: Connection): TokenBucket {
    const rate = connection.session === undefined ? this.#unregisteredByteRate : STEADY_BYTES;
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
