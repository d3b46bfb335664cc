import { CLOSE_CODES, LIMITS } from '@white-rabbit/protocol';
import { FloodGate, TokenBucket, type Rate } from '@white-rabbit/signaling';
import { Inject, Injectable } from '@nestjs/common';
import { LimitsConfig } from '../../config/slices.js';
import { Metrics } from '../../telemetry/metrics/metrics.js';
import type { Connection } from '../../transport/connection.js';
import { fail, type RequestMeta } from '../reply.js';

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
@Injectable()
export class RateLimits {
  /** What a client within its limits may send, whatever it sends. */
  readonly arrivals: Rate;

  readonly #signalRate: Rate;
  readonly #eventRate: Rate;
  readonly #byteRate: Rate;
  readonly #unregisteredByteRate: Rate;
  readonly #contactRate: Rate;

  constructor(
    private readonly config: LimitsConfig,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'limited'>,
  ) {
    this.#signalRate = config.signals;
    this.#eventRate = config.events;
    this.#byteRate = config.bytes;
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

  /** Contacts of a session. */
  get maxContacts(): number {
    return this.config.maxContacts;
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
