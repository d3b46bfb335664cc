import { CLOSE_CODES, type CloseCode } from '@white-rabbit/protocol';
import { HeartbeatWheel } from '@white-rabbit/signaling';
import type { Occupancy } from './admission.js';
import { AgeLimit } from './age-limit.js';
import type { Connection } from './connection.js';
import type { Source } from './source.js';

/** Times of a connection's life, ms. */
export interface ConnectionTimes {
  readonly registerMs: number;
  readonly heartbeatIntervalMs: number;
  readonly heartbeatTimeoutMs: number;
  /** How old a connection may grow, ± 10 %. `undefined`: as old as it likes. */
  readonly maxAgeMs?: number | undefined;
}

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
export class Connections implements Occupancy {
  /** The oldest first. */
  readonly #all = new Set<Connection>();
  /** Ended ones whose sockets are still there, and since when; the oldest first. */
  readonly #closing = new Map<Connection, number>();
  /** Unregistered ones, the oldest first. */
  readonly #strangers = new Map<Connection, number>();
  readonly #wheel: HeartbeatWheel<Connection>;
  readonly #ageLimit: AgeLimit<Connection> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly times: ConnectionTimes,
    private readonly maxStrangers: number,
    onSilent: (connection: Connection) => void,
  ) {
    const settings = {
      silentMs: times.heartbeatIntervalMs,
      deadMs: times.heartbeatTimeoutMs,
      onSilent,
      onDead: (connection: Connection) => {
        connection.close(CLOSE_CODES.heartbeatTimeout, 'nothing was heard');
      },
    };
    this.#wheel = new HeartbeatWheel<Connection>(settings, performance.now());
    this.#ageLimit = times.maxAgeMs === undefined ? undefined : new AgeLimit(times.maxAgeMs);
  }

  /** Open sockets, those that are closing included: each has a descriptor. */
  get open(): number {
    return this.#all.size + this.#closing.size;
  }

  get unregistered(): number {
    return this.#strangers.size;
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
      this.#closeLateStrangers(nowMs);
      this.#closeOld(nowMs);
      this.#cutLingering(nowMs);
    }, TICK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  add(connection: Connection): void {
    this.#all.add(connection);
    this.#strangers.set(connection, connection.lastHeardMs);
    this.#wheel.add(connection);
    this.#ageLimit?.begin(connection, connection.lastHeardMs);
  }

  /** It has registered. */
  settle(connection: Connection): void {
    this.#strangers.delete(connection);
    connection.leaveSource();
  }

  /** It has ended; its socket is still to go. */
  remove(connection: Connection): void {
    this.#all.delete(connection);
    this.#strangers.delete(connection);
    connection.leaveSource();
    this.#wheel.remove(connection);
    this.#closing.set(connection, performance.now());
  }

  /** Its socket is gone. */
  forget(connection: Connection): void {
    this.#closing.delete(connection);
  }

  /**
   * At the limit the oldest unregistered connection in which no `register` has come is closed with 1013, so that silence
   * does not keep other clients out; at the limit of a source, the oldest of that source. `false` if there is none.
   */
  makeRoom(source?: Source): boolean {
    if (source?.isCrowded() === true && !this.#closeOldestSilent(source)) return false;
    return this.#strangers.size < this.maxStrangers || this.#closeOldestSilent();
  }

  /** Those open now, to be closed one by one. */
  snapshot(): Connection[] {
    return [...this.#all];
  }

  closeAll(code: CloseCode, reason: string): void {
    for (const connection of this.snapshot()) connection.close(code, reason);
  }

  #closeOldestSilent(source?: Source): boolean {
    for (const connection of this.#strangers.keys()) {
      if (connection.hasSpoken || (source !== undefined && connection.source !== source)) continue;
      connection.close(CLOSE_CODES.noRoom, 'retry_after_ms=1000');
      return true;
    }
    return false;
  }

  #closeLateStrangers(nowMs: number): void {
    for (const [connection, sinceMs] of this.#strangers) {
      if (nowMs - sinceMs < this.times.registerMs) return;
      // One whose register is being looked at has its answer coming; that wait has a limit of its own.
      if (!connection.hasSpoken) connection.close(CLOSE_CODES.notRegistered, 'register was not sent in time');
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
