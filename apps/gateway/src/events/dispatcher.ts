import { Injectable } from '@nestjs/common';
import {
  CanonicalSignal,
  echoOf,
  EDGE_LENGTH,
  encodeEvent,
  frameEdges,
  isBadData,
  isClientEvent,
  LIMITS,
  parseFrame,
  readData,
  type BadFrame,
  type ClientData,
  type ClientEventName,
  type ErrorCode,
  type RawFrame,
} from '@white-rabbit/protocol';
import type { Rate, Session } from '@white-rabbit/signaling';
import { logEvent } from '../telemetry/log/log-events.js';
import { errorFields } from '../telemetry/log/logger.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { BurstLane } from '../transport/burst-lane.js';
import type { Connection, FrameHandler } from '../transport/connection.js';
import { CallHandler } from './call-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { RateLimits } from './limits/rate-limits.js';
import { RegisterHandler } from './register-handler.js';
import { fail, type ErrorDetails, type Handled, type RequestMeta } from './reply.js';

/**
 * What all bursting connections together have handled, in bytes: one frame of full size at once, and half of what a
 * gateway parses and hands over in a second. The rest is for connections that send little.
 */
const BURST_RATE: Rate = { perSecond: 8 * 1024 * 1024, burst: LIMITS.frameBytes };
/** What a frame of a burst counts at least: a small one costs more than its bytes. */
const BURST_FRAME_BYTES = 512;

/** Passes each frame to the handler of its event if the frame is within the limits and its data is valid. */
@Injectable()
export class Dispatcher implements FrameHandler {
  readonly #lane = new BurstLane(BURST_RATE);
  /** One for all frames: a signal creates no object. */
  readonly #signal = new CanonicalSignal();

  constructor(
    private readonly limits: RateLimits,
    private readonly register: RegisterHandler,
    private readonly contacts: ContactsHandler,
    private readonly calls: CallHandler,
    private readonly telemetry: Telemetry,
  ) {}

  get arrivals(): Rate {
    return this.limits.arrivals;
  }

  charge(connection: Connection, bytes: number, atMs: number): number {
    return this.limits.takeBytes(connection, bytes, atMs);
  }

  get maxRefusals(): number {
    return this.limits.maxRefusals;
  }

  /** Before `register` a frame beyond the limits is not parsed: connections without a license are cheap to open. */
  refuse(connection: Connection, text = '', waitMs: number): void {
    const frame =
      connection.session === undefined
        ? frameEdges(text.slice(0, EDGE_LENGTH), text.slice(-EDGE_LENGTH))
        : parseFrame(text);
    this.limits.refuse(connection, { ...frame, event: echoOf(frame.event) }, waitMs);
  }

  allowsControlFrame(connection: Connection): boolean {
    return this.limits.allowsControlFrame(connection);
  }

  /** If a connection is bursting, its frame waits for a turn of the event loop. */
  handle(connection: Connection, text: string | undefined, bytes: number, atMs: number): Handled {
    if (!this.limits.isBursting(connection)) return this.#handle(connection, text, atMs);
    return this.#lane.turn(Math.max(bytes, BURST_FRAME_BYTES), atMs).then(() => {
      return connection.isOpen ? this.#handle(connection, text, atMs) : undefined;
    });
  }

  /** Whatever a handler does, the frame is answered and the process continues. */
  #handle(connection: Connection, text = '', atMs: number): Handled {
    if (this.#relay(connection, text, atMs)) return undefined;
    const frame = parseFrame(text);
    try {
      return this.#dispatch(connection, frame, atMs)?.catch((error: unknown) => {
        this.#fault(connection, frame, error);
      });
    } catch (error) {
      this.#fault(connection, frame, error);
      return undefined;
    }
  }

  /**
   * The hot path: a signal as clients usually write it, for a call of the session. It needs neither the parser nor the
   * schema, because the id of an existing call is valid. Returns `false` for every other frame.
   */
  #relay(connection: Connection, text: string, atMs: number): boolean {
    const { session } = connection;
    const signal = this.#signal;
    if (session?.calls === undefined || !signal.read(text) || !session.calls.has(signal.callId)) return false;
    const { callId, ref } = signal;
    const waitMs = this.limits.take(connection, 'signal', atMs);
    if (waitMs > 0) {
      this.limits.refuse(connection, { event: 'signal', ref, data: { call_id: callId } }, waitMs);
      return true;
    }
    this.telemetry.metrics.events.count('signal');
    try {
      this.calls.signal(connection, session, callId, signal.text, ref);
    } catch (error) {
      this.#fault(connection, { event: 'signal', ref }, error);
    }
    return true;
  }

  #dispatch(connection: Connection, frame: RawFrame | BadFrame, atMs: number): Handled {
    if (!this.#isWithinLimits(connection, frame, atMs)) return undefined;
    if ('code' in frame) return this.#refuseUnknown(connection, frame, frame.code);
    const { event } = frame;
    if (!isClientEvent(event)) return this.#refuseUnknown(connection, frame, 'unknown_event');
    this.telemetry.metrics.events.count(event);
    if (event === 'heartbeat') return this.#heartbeat(connection, frame);
    const { session } = connection;
    if (event === 'register') {
      if (session === undefined) return this.register.register(connection, frame);
      return refuse(connection, frame, 'already_registered');
    }
    if (session === undefined) return refuse(connection, frame, 'not_registered');
    if (event === 'contacts') return this.contacts.change(connection, session, frame, atMs);
    return this.#call(connection, session, event, frame, atMs);
  }

  #call(
    connection: Connection,
    session: Session,
    event: Exclude<ClientEventName, 'register' | 'heartbeat' | 'contacts'>,
    frame: RawFrame,
    atMs: number,
  ): Handled {
    switch (event) {
      case 'signal':
        return withData(connection, event, frame, ({ call_id }) => {
          // Valid data has a signal, so its text is present.
          this.calls.signal(connection, session, call_id, frame.signal ?? '{}', frame.ref);
          return undefined;
        });
      case 'call':
        return withData(connection, event, frame, (data) => this.calls.call(connection, session, data, frame, atMs));
      case 'accept':
        return withData(connection, event, frame, (data) => this.calls.accept(connection, session, data, frame));
      case 'reject':
        return withData(connection, event, frame, (data) => this.calls.reject(connection, session, data, frame));
      case 'established':
        return withData(connection, event, frame, (data) => this.calls.established(connection, session, data, frame));
      case 'hangup':
        return withData(connection, event, frame, (data) => this.calls.hangup(connection, session, data, frame));
    }
  }

  #heartbeat(connection: Connection, frame: RawFrame): Handled {
    return withData(connection, 'heartbeat', frame, (data) => {
      // An `ack` is never answered.
      if (data.ack !== true) connection.send(encodeEvent('heartbeat', { ack: true }, frame.ref));
      return undefined;
    });
  }

  /** A frame beyond the limits is dropped and answered with an error. */
  #isWithinLimits(connection: Connection, frame: RawFrame | BadFrame, atMs: number): boolean {
    const waitMs = this.limits.take(connection, frame.event, atMs);
    if (waitMs > 0) this.limits.refuse(connection, { ...frame, event: echoOf(frame.event) }, waitMs);
    return waitMs === 0;
  }

  #refuseUnknown(connection: Connection, { event, ref }: RawFrame | BadFrame, code: ErrorCode): Handled {
    this.telemetry.metrics.events.count('unknown');
    return refuse(connection, { event: echoOf(event), ref }, code);
  }

  #fault(connection: Connection, frame: RequestMeta, error: unknown): void {
    this.telemetry.metrics.failures.count('frame');
    logEvent(this.telemetry.log, 'frame_failed', errorFields(error));
    fail(connection, { ...frame, event: echoOf(frame.event) }, 'internal');
  }
}

function refuse(connection: Connection, asked: RequestMeta, code: ErrorCode, details?: ErrorDetails): Handled {
  fail(connection, asked, code, details);
  return undefined;
}

/** Decodes the data of an event and passes it on. Malformed data is answered with `bad_data`. */
function withData<E extends ClientEventName>(
  connection: Connection,
  event: E,
  frame: RawFrame,
  handle: (data: ClientData<E>) => Handled,
): Handled {
  const data = readData(event, frame.data);
  return isBadData(data) ? refuse(connection, frame, data.code, { message: data.message }) : handle(data);
}
