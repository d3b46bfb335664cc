import { CLOSE_CODES, echoOf, EDGE_LENGTH, frameEdges, parseFrame } from '@white-rabbit/protocol';
import type { Rate, SessionRegistry } from '@white-rabbit/signaling';
import type { Logger } from 'pino';
import type { SettingValues } from '../config/settings.js';
import type { Dispatcher } from '../events/dispatcher.js';
import type { RateLimits } from '../events/limits/rate-limits.js';
import { fail } from '../events/reply.js';
import { logEvent } from '../telemetry/log/log-event.js';
import { errorFields } from '../telemetry/log/logger.js';
import type { Metrics } from '../telemetry/metrics/metrics.js';
import { BurstLane } from './burst-lane.js';
import type { Connection, ConnectionEvents } from './connection.js';
import type { Connections } from './connections.js';
import type { EndedBy } from './ended-by.js';
import { sizeOf, type Incoming } from './inbox.js';
import { OutgoingBuffers } from './outgoing-buffers.js';
import { edgesOf, textOf } from './text-of.js';

/** What may wait for one client that does not read, and for all. */
type BufferBounds = Pick<SettingValues, 'WR_MAX_BUFFERED_BYTES' | 'WR_MAX_TOTAL_BUFFERED_BYTES'>;

/** The gateway as its connections see it: who handles their frames, and who cleans up behind them. */
export class ConnectionHandler implements ConnectionEvents {
  readonly maxBufferedBytes: number;
  readonly #buffers: OutgoingBuffers<Connection>;
  readonly #lane = new BurstLane();

  constructor(
    bounds: BufferBounds,
    private readonly dispatcher: Dispatcher,
    private readonly limits: RateLimits,
    private readonly connections: Connections,
    private readonly sessions: SessionRegistry,
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {
    this.maxBufferedBytes = bounds.WR_MAX_BUFFERED_BYTES;
    this.#buffers = new OutgoingBuffers(bounds.WR_MAX_TOTAL_BUFFERED_BYTES, (connection) => {
      this.#closeSlow(connection, 'gateway');
    });
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

  /** A frame of a connection that sends much at once waits for a turn of the event loop. */
  handle(connection: Connection, incoming: Incoming): Promise<void> | undefined {
    if (!this.limits.isBursting(connection)) return this.#dispatch(connection, incoming);
    return this.#lane.turn(sizeOf(incoming)).then(() => {
      return connection.isOpen ? this.#dispatch(connection, incoming) : undefined;
    });
  }

  /** Whatever a handler does, its frame has an answer and the process lives. */
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
    this.metrics.closes.count(by);
    this.connections.remove(connection);
    if (connection.session !== undefined) this.sessions.closed(connection.session);
  }

  gone(connection: Connection): void {
    this.connections.forget(connection);
    this.#buffers.forget(connection);
  }

  allowsControlFrame(connection: Connection): boolean {
    return this.limits.allowsControlFrame(connection);
  }

  backedUp(connection: Connection, bytes: number): void {
    this.#buffers.note(connection, bytes);
  }

  tooSlow(connection: Connection): void {
    this.#closeSlow(connection, 'connection');
  }

  #closeSlow(connection: Connection, bound: 'connection' | 'gateway'): void {
    this.metrics.slowClients.count(bound);
    connection.close(CLOSE_CODES.slowClient, 'the client does not read');
  }

  #fault(connection: Connection, incoming: Incoming, error: unknown): void {
    this.metrics.failures.count('frame');
    logEvent(this.log, 'frame_failed', errorFields(error));
    const frame = parseFrame(incoming.isBinary ? '' : textOf(incoming.data));
    fail(connection, { ...frame, event: echoOf(frame.event) }, 'internal');
  }
}
