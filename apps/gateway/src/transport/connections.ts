import { Inject, Injectable } from '@nestjs/common';
import { CLOSE_CODES, encodeEvent, type CloseCode } from '@white-rabbit/protocol';
import { HeartbeatWheel } from '@white-rabbit/signaling';
import { ConnectionConfig } from '../config/slices.js';
import { Metrics } from '../telemetry/metrics/metrics.js';
import { AgeLimit } from './age-limit.js';
import type { Connection } from './connection.js';
import { NearlyFull } from './nearly-full.js';
import { OutgoingBuffers } from './outgoing-buffers.js';
import type { Source } from './source.js';

/** The frame that the server sends to a silent client; encoded once for all clients. */
const PROBE = encodeEvent('heartbeat', { ack: false });

/** Interval at which the wheel turns. Ms. */
const TICK_MS = 500;

/**
 * Time for the socket of an ended connection to close; then it is cut: with a tick, 5 s. ws has such a limit only if
 * it sent the Close frame itself, not after a FIN from a client that does not read. Ms.
 */
const LINGER_MS = 5_000 - TICK_MS;

/**
 * All open connections of this node. Finds the connections that have not registered in time, those that have been
 * silent for too long, and those that have reached their maximum age.
 */
@Injectable()
export class Connections {
  /** The oldest connection first. */
  readonly #all = new Set<Connection>();
  /** Ended connections whose sockets are still open, with the time of their end; the oldest first. */
  readonly #closing = new Map<Connection, number>();
  /** Unregistered connections, the oldest first. */
  readonly #unregistered = new Map<Connection, number>();
  readonly #wheel: HeartbeatWheel<Connection>;
  readonly #ageLimit: AgeLimit<Connection> | undefined;
  readonly #buffers: OutgoingBuffers<Connection>;
  readonly #nearlyFull: NearlyFull;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: ConnectionConfig,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'slowClients'>,
  ) {
    const settings = {
      silentMs: config.heartbeatIntervalMs,
      deadMs: config.heartbeatTimeoutMs,
      onSilent: (connection: Connection) => {
        connection.send(PROBE);
      },
      onDead: (connection: Connection) => {
        connection.close(CLOSE_CODES.heartbeatTimeout, 'nothing was heard');
      },
    };
    this.#nearlyFull = new NearlyFull(config.maxConnections, () => this.open);
    this.#wheel = new HeartbeatWheel<Connection>(settings, performance.now());
    this.#ageLimit = config.maxAgeMs === undefined ? undefined : new AgeLimit(config.maxAgeMs);
    this.#buffers = new OutgoingBuffers(config.maxTotalBufferedBytes, (connection) => {
      this.closeSlow(connection, 'gateway');
    });
  }

  /** Whether the number of sockets is so close to the cap that new clients should connect to another gateway. */
  get isNearlyFull(): boolean {
    return this.#nearlyFull.isFull;
  }

  /** Maximum number of bytes that may wait for one client. */
  get maxBufferedBytes(): number {
    return this.config.maxBufferedBytes;
  }

  /** Number of open sockets, including those that are closing: each has a descriptor. */
  get open(): number {
    return this.#all.size + this.#closing.size;
  }

  /** Maximum number of open sockets. */
  get limit(): number {
    return this.config.maxConnections;
  }

  get unregistered(): number {
    return this.#unregistered.size;
  }

  /**
   * Number of frames that wait behind another frame of their socket. Reads every connection, so it is only for a
   * scrape.
   */
  get waitingFrames(): number {
    let count = 0;
    for (const { waitingFrames } of this.#all) count += waitingFrames;
    return count;
  }

  /** Number of bytes that wait for clients to read them. Reads every connection, so it is only for a scrape. */
  get outgoingBytes(): number {
    let bytes = 0;
    for (const { outgoingBytes } of this.#all) bytes += outgoingBytes;
    for (const { outgoingBytes } of this.#closing.keys()) bytes += outgoingBytes;
    return bytes;
  }

  start(): void {
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      this.#wheel.tick(nowMs);
      this.#closeLateUnregistered(nowMs);
      this.#closeOld(nowMs);
      this.#cutLingering(nowMs);
    }, TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    this.#unregistered.set(connection, connection.lastHeardMs);
    this.#wheel.add(connection);
    this.#ageLimit?.begin(connection, connection.lastHeardMs);
  }

  /** The connection has registered. */
  settle(connection: Connection): void {
    this.#unregistered.delete(connection);
    connection.leaveSource();
  }

  /** The connection has ended; its socket is still open. */
  remove(connection: Connection): void {
    this.#all.delete(connection);
    this.#unregistered.delete(connection);
    connection.leaveSource();
    this.#wheel.remove(connection);
    this.#closing.set(connection, performance.now());
  }

  /** The socket of the connection is closed. */
  forget(connection: Connection): void {
    this.#closing.delete(connection);
    this.#buffers.forget(connection);
  }

  /** That many bytes wait for the client of that connection, after one more frame. */
  noteBuffered(connection: Connection, bytes: number): void {
    this.#buffers.note(connection, bytes);
  }

  /**
   * Closes a connection whose client does not read. `bound`: the limit that was exceeded, of the connection or of the
   * whole gateway.
   */
  closeSlow(connection: Connection, bound: 'connection' | 'gateway'): void {
    this.metrics.slowClients.count(bound);
    connection.close(CLOSE_CODES.slowClient, 'the client does not read');
  }

  /**
   * If the limit is reached, closes with 1013 the oldest unregistered connection that has sent no `register`, so that
   * silent clients do not block others. If the limit of a source is reached, closes the oldest of that source.
   * Returns `false` if there is no such connection.
   */
  makeRoom(source?: Source): boolean {
    if (source?.isCrowded() === true && !this.#closeOldestSilent(source)) return false;
    return this.#unregistered.size < this.config.maxUnregistered || this.#closeOldestSilent();
  }

  /** The connections that are open now, for closing one after another. */
  snapshot(): Connection[] {
    return [...this.#all];
  }

  closeAll(code: CloseCode, reason: string): void {
    for (const connection of this.snapshot()) connection.close(code, reason);
  }

  #closeOldestSilent(source?: Source): boolean {
    for (const connection of this.#unregistered.keys()) {
      if (connection.isRegistering || (source !== undefined && connection.source !== source)) continue;
      connection.close(CLOSE_CODES.tryAgainLater, 'retry_after_ms=1000');
      return true;
    }
    return false;
  }

  #closeLateUnregistered(nowMs: number): void {
    for (const [connection, sinceMs] of this.#unregistered) {
      if (nowMs - sinceMs < this.config.registerMs) return;
      // A pending register will be answered; that wait has a limit of its own.
      if (!connection.isRegistering) connection.close(CLOSE_CODES.notRegistered, 'register was not sent in time');
    }
  }

  /**
   * These connections have no fault: their clients must choose a gateway again, perhaps one that was added meanwhile.
   */
  #closeOld(nowMs: number): void {
    const old = this.#ageLimit?.due(this.#all, nowMs) ?? [];
    for (const connection of old) connection.close(CLOSE_CODES.restart, 'connect again: load is being spread');
  }

  #cutLingering(nowMs: number): void {
    for (const [connection, sinceMs] of this.#closing) {
      if (nowMs - sinceMs < LINGER_MS) return;
      connection.cut();
    }
  }
}
