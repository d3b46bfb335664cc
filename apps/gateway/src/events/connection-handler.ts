import { Injectable } from '@nestjs/common';
import { echoOf, EDGE_LENGTH, frameEdges, LIMITS, parseFrame } from '@white-rabbit/protocol';
import { SessionRegistry, type Rate } from '@white-rabbit/signaling';
import { logEvent } from '../telemetry/log/log-event.js';
import { errorFields } from '../telemetry/log/logger.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { BurstLane } from '../transport/burst-lane.js';
import type { Connection, ConnectionEvents } from '../transport/connection.js';
import { Connections } from '../transport/connections.js';
import type { EndedBy } from '../telemetry/metrics/client-metrics.js';
import { edgesOf, sizeOf, textOf, type Incoming } from '../transport/incoming.js';
import { Dispatcher } from './dispatcher.js';
import { RateLimits } from './limits/rate-limits.js';
import { fail } from './reply.js';

/**
 * What all bursting connections together have handled, in bytes: one frame of full size at once, and a quarter of what a
 * gateway parses and hands over in a second. The rest is for connections that send little.
 */
const BURST_RATE: Rate = { perSecond: 4 * 1024 * 1024, burst: LIMITS.frameBytes };
/** What a frame of a burst counts at least: a small one costs more than its bytes. */
const BURST_FRAME_BYTES = 512;

/** Handles the frames and the end of each connection. */
@Injectable()
export class ConnectionHandler implements ConnectionEvents {
  readonly #lane = new BurstLane(BURST_RATE);

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly limits: RateLimits,
    private readonly connections: Connections,
    private readonly sessions: SessionRegistry,
    private readonly telemetry: Telemetry,
  ) {}

  get maxBufferedBytes(): number {
    return this.connections.maxBufferedBytes;
  }

  get arrivals(): Rate {
    return this.limits.arrivals;
  }

  charge(connection: Connection, incoming: Incoming): number {
    return this.limits.takeBytes(connection, sizeOf(incoming), incoming.atMs);
  }

  refuse(connection: Connection, incoming: Incoming, waitMs: number): void {
    const { head, tail } = edgesOf(incoming.data, incoming.isBinary ? 0 : EDGE_LENGTH);
    this.limits.refuse(connection, frameEdges(head, tail), waitMs);
  }

  /** If a connection is bursting, its frame waits for a turn of the event loop. */
  handle(connection: Connection, incoming: Incoming): Promise<void> | undefined {
    if (!this.limits.isBursting(connection)) return this.#dispatch(connection, incoming);
    return this.#lane.turn(Math.max(sizeOf(incoming), BURST_FRAME_BYTES)).then(() => {
      return connection.isOpen ? this.#dispatch(connection, incoming) : undefined;
    });
  }

  /** Whatever a handler does, the frame is answered and the process continues. */
  #dispatch(connection: Connection, incoming: Incoming): Promise<void> | undefined {
    try {
      return this.dispatcher.dispatch(connection, incoming)?.catch((error: unknown) => {
        this.#fault(connection, incoming, error);
      });
    } catch (error) {
      this.#fault(connection, incoming, error);
      return undefined;
    }
  }

  registered(connection: Connection): void {
    this.connections.settle(connection);
  }

  ended(connection: Connection, by: EndedBy): void {
    this.telemetry.metrics.closes.count(by);
    this.connections.remove(connection);
    if (connection.session !== undefined) this.sessions.closed(connection.session);
  }

  gone(connection: Connection): void {
    this.connections.forget(connection);
  }

  allowsControlFrame(connection: Connection): boolean {
    return this.limits.allowsControlFrame(connection);
  }

  backedUp(connection: Connection, bytes: number): void {
    this.connections.noteBuffered(connection, bytes);
  }

  tooSlow(connection: Connection): void {
    this.connections.closeSlow(connection, 'connection');
  }

  #fault(connection: Connection, incoming: Incoming, error: unknown): void {
    this.telemetry.metrics.failures.count('frame');
    logEvent(this.telemetry.log, 'frame_failed', errorFields(error));
    const frame = parseFrame(incoming.isBinary ? '' : textOf(incoming.data));
    fail(connection, { ...frame, event: echoOf(frame.event) }, 'internal');
  }
}
