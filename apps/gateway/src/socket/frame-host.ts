import { CLOSE_CODES, type CloseCode } from '@white-rabbit/protocol';
import type { Logger } from 'pino';
import type { Departures } from '../handlers/departures.js';
import type { Dispatcher } from '../handlers/dispatcher.js';
import { fail } from '../handlers/reply.js';
import { errorFields } from '../ops/logger.js';
import type { Metrics } from '../ops/metrics.js';
import type { Connection, ConnectionHost } from './connection.js';
import type { Connections } from './connections.js';
import type { Incoming } from './inbox.js';

/** The gateway as its connections see it: who handles their frames, and who cleans up behind them. */
export class FrameHost implements ConnectionHost {
  constructor(
    readonly maxBufferedBytes: number,
    private readonly dispatcher: Dispatcher,
    private readonly connections: Connections,
    private readonly departures: Departures,
    private readonly metrics: Metrics,
    private readonly log: Logger,
  ) {}

  /** Whatever a handler does, its frame has an answer and the process lives. */
  handle(connection: Connection, incoming: Incoming): Promise<void> | undefined {
    try {
      return this.dispatcher.dispatch(connection, incoming)?.catch((error: unknown) => {
        this.#fault(connection, error);
      });
    } catch (error) {
      this.#fault(connection, error);
      return undefined;
    }
  }

  ended(connection: Connection, by: CloseCode | 'client'): void {
    this.metrics.closes.count(by);
    this.connections.remove(connection);
    if (connection.session !== undefined) this.departures.leave(connection.session);
  }

  tooSlow(connection: Connection): void {
    connection.close(CLOSE_CODES.slowClient, 'the client does not read');
  }

  #fault(connection: Connection, error: unknown): void {
    this.metrics.failures.count('frame');
    this.log.error({ event: 'frame_failed', ...errorFields(error) }, 'a frame could not be handled');
    fail(connection, { event: '', ref: undefined }, 'internal');
  }
}
