import { Inject, Injectable } from '@nestjs/common';
import { echoOf, encodeEvent, isClientEvent, parseFrame, type BadFrame, type RawFrame } from '@white-rabbit/protocol';
import { Metrics } from '../telemetry/metrics/metrics.js';
import type { Connection } from '../transport/connection.js';
import { textOf, type Incoming } from '../transport/incoming.js';
import { RateLimits } from './limits/rate-limits.js';
import { RegisterHandler } from './register-handler.js';
import { fail, type Handled } from './reply.js';
import { SessionEvents, withData } from './session-events.js';

/** Passes each frame to the handler of its event if the frame is within the limits and its data is valid. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly limits: RateLimits,
    private readonly register: RegisterHandler,
    private readonly sessionEvents: SessionEvents,
    @Inject(Metrics) private readonly metrics: Pick<Metrics, 'events'>,
  ) {}

  dispatch(connection: Connection, incoming: Incoming): Handled {
    const frame = parseFrame(incoming.isBinary ? '' : textOf(incoming.data));
    if (!this.#isWithinLimits(connection, frame, incoming.atMs)) return undefined;
    if ('code' in frame) return this.#refuse(connection, frame, 'bad_message');
    const { event } = frame;
    if (!isClientEvent(event)) return this.#refuse(connection, { ...frame, event: echoOf(event) }, 'unknown_event');
    this.metrics.events.count(event);
    if (event === 'register') return this.#register(connection, frame);
    if (event === 'heartbeat') return this.#heartbeat(connection, frame);
    const { session } = connection;
    if (session === undefined) return refuseWith(connection, frame, 'not_registered');
    return this.sessionEvents.dispatch(connection, session, event, frame, incoming.atMs);
  }

  #register(connection: Connection, frame: RawFrame): Handled {
    if (connection.session !== undefined) return refuseWith(connection, frame, 'already_registered');
    return this.register.register(connection, frame);
  }

  #heartbeat(connection: Connection, frame: RawFrame): Handled {
    return withData(connection, 'heartbeat', frame, (data) => {
      // An `ack` is never answered.
      if (data.ack !== true) connection.send(encodeEvent('heartbeat', { ack: true }, frame.ref));
      return undefined;
    });
  }

  #refuse(connection: Connection, frame: RawFrame | BadFrame, code: 'bad_message' | 'unknown_event'): Handled {
    this.metrics.events.count('unknown');
    fail(connection, { event: frame.event, ref: frame.ref }, code);
    return undefined;
  }

  /** A frame beyond the limits is dropped and answered with an error. */
  #isWithinLimits(connection: Connection, frame: RawFrame | BadFrame, atMs: number): boolean {
    const waitMs = this.limits.take(connection, frame.event, atMs);
    if (waitMs === 0) return true;
    const asked = { event: echoOf(frame.event), ref: frame.ref, data: 'data' in frame ? frame.data : undefined };
    this.limits.refuse(connection, asked, waitMs);
    return false;
  }
}

function refuseWith(connection: Connection, frame: RawFrame, code: 'not_registered' | 'already_registered'): Handled {
  fail(connection, frame, code);
  return undefined;
}
