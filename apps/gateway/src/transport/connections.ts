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

/** What the server sends to a silent client; encoded once for all. */
const PROBE = encodeEvent('heartbeat', { ack: false });

/** How often the wheel turns. Ms. */
const TICK_MS = 500;

/**
 * What has ended has so long to close its socket, then it is cut: with a tick, 5 s. ws does so by itself only where it
 * sent the Close frame, not after a FIN of a client that does not read. Ms.
 */
const LINGER_MS = 5_000 - TICK_MS;

/**
 * All open connections of this node: who is there, who has not registered yet, who has been silent for too
 * long, and who is too old.
 */
@Injectable()
export class Connections {
  /** The oldest first. */
  readonly #all = new Set<Connection>();
  /** Ended ones whose sockets are still there, and since when; the oldest first. */
  readonly #closing = new Map<Connection, number>();
  /** Unregistered ones, the oldest first. */
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

  /** So near the cap that new clients should go to another gateway. */
  get isNearlyFull(): boolean {
    return this.#nearlyFull.isFull;
  }

  /** Bytes that may wait for one client. */
  get maxBufferedBytes(): number {
    return this.config.maxBufferedBytes;
  }

  /** Open sockets, those that are closing included: each has a descriptor. */
  get open(): number {
    return this.#all.size + this.#closing.size;
  }

  /** Sockets that may be open. */
  get limit(): number {
    return this.config.maxConnections;
  }

  get unregistered(): number {
    return this.#unregistered.size;
  }

  /** Frames that wait behind another of their socket. Looks at each connection: for a scrape. */
  get waitingFrames(): number {
    let count = 0;
    for (const { waitingFrames } of this.#all) count += waitingFrames;
    return count;
  }

  /** Bytes that wait for clients to read them. Looks at each connection: for a scrape. */
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

  /** It has registered. */
  settle(connection: Connection): void {
    this.#unregistered.delete(connection);
    connection.leaveSource();
  }

  /** It has ended; its socket is still to go. */
  remove(connection: Connection): void {
    this.#all.delete(connection);
    this.#unregistered.delete(connection);
    connection.leaveSource();
    this.#wheel.remove(connection);
    this.#closing.set(connection, performance.now());
  }

  /** Its socket is gone. */
  forget(connection: Connection): void {
    this.#closing.delete(connection);
    this.#buffers.forget(connection);
  }

  /** So many bytes wait for the client of that connection, after one more frame. */
  noteBuffered(connection: Connection, bytes: number): void {
    this.#buffers.note(connection, bytes);
  }

  /** Closes a connection whose client does not read. `bound`: of the connection, or of the gateway as a whole. */
  closeSlow(connection: Connection, bound: 'connection' | 'gateway'): void {
    this.metrics.slowClients.count(bound);
    connection.close(CLOSE_CODES.slowClient, 'the client does not read');
  }

  /**
   * At the limit the oldest unregistered connection in which no `register` has come is closed with 1013, so that silence
   * does not keep other clients out; at the limit of a source, the oldest of that source. `false` if there is none.
   */
  makeRoom(source?: Source): boolean {
    if (source?.isCrowded() === true && !this.#closeOldestSilent(source)) return false;
    return this.#unregistered.size < this.config.maxUnregistered || this.#closeOldestSilent();
  }

  /** Those open now, to be closed one by one. */
  snapshot(): Connection[] {
    return [...this.#all];
  }

  closeAll(code: CloseCode, reason: string): void {
    for (const connection of this.snapshot()) connection.close(code, reason);
  }

  #closeOldestSilent(source?: Source): boolean {
    for (const connection of this.#unregistered.keys()) {
      if (connection.isRegistering || (source !== undefined && connection.source !== source)) continue;
      connection.close(CLOSE_CODES.noRoom, 'retry_after_ms=1000');
      return true;
    }
    return false;
  }

  #closeLateUnregistered(nowMs: number): void {
    for (const [connection, sinceMs] of this.#unregistered) {
      if (nowMs - sinceMs < this.config.registerMs) return;
      // One whose register is being looked at has its answer coming; that wait has a limit of its own.
      if (!connection.isRegistering) connection.close(CLOSE_CODES.notRegistered, 'register was not sent in time');
    }
  }

  /** Nothing is wrong with them: they are to look for a gateway anew, perhaps one that was added since they came. */
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
