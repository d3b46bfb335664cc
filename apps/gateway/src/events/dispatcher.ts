import {
  echoOf,
  isBadData,
  isClientEvent,
  parseFrame,
  readData,
  type BadFrame,
  type ClientData,
  type ClientEventName,
  type RawFrame,
} from '@white-rabbit/protocol';
import type { Session } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';
import type { Incoming } from '../transport/inbox.js';
import { textOf } from '../transport/text-of.js';
import type { CallHandler } from './call-handler.js';
import type { ContactsHandler } from './contacts-handler.js';
import { answerHeartbeat } from './heartbeat-handler.js';
import type { RateLimits } from './limits/rate-limits.js';
import type { RegisterHandler } from './register-handler.js';
import { fail } from './reply.js';
import type { SignalHandler } from './signal-handler.js';

/** A promise where the frame has to wait for a back end; the next frame of the socket waits with it. */
export type Handled = Promise<void> | undefined;

/** Hands each frame to the handler of its event, once it is within the limits and its data is checked. */
export class Dispatcher {
  constructor(
    private readonly limits: RateLimits,
    private readonly register: RegisterHandler,
    private readonly contacts: ContactsHandler,
    private readonly calls: CallHandler,
    private readonly signals: SignalHandler,
    private readonly onEvent: (event: ClientEventName | 'unknown') => void,
  ) {}

  dispatch(connection: Connection, incoming: Incoming): Handled {
    const frame = parseFrame(incoming.isBinary ? '' : textOf(incoming.data));
    if (!this.#isWithinLimits(connection, frame, incoming.atMs)) return undefined;
    if ('code' in frame) return this.#refuse(connection, frame, 'bad_message');
    const { event } = frame;
    if (!isClientEvent(event)) return this.#refuse(connection, { ...frame, event: echoOf(event) }, 'unknown_event');
    this.onEvent(event);
    if (event === 'register') return this.#register(connection, frame);
    if (event === 'heartbeat') return this.#heartbeat(connection, frame);
    const { session } = connection;
    if (session === undefined) return refuseWith(connection, frame, 'not_registered');
    return this.#dispatchTo(connection, session, event, frame, incoming.atMs);
  }

  #dispatchTo(
    connection: Connection,
    session: Session,
    event: Exclude<ClientEventName, 'register' | 'heartbeat'>,
    frame: RawFrame,
    atMs: number,
  ): Handled {
    switch (event) {
      case 'signal':
        return withData(connection, event, frame, (data) => this.signals.signal(connection, session, data, frame));
      case 'contacts':
        return this.contacts.change(connection, session, frame, atMs);
      case 'call':
        return withData(connection, event, frame, (data) => this.calls.call(connection, session, data, frame));
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

  #register(connection: Connection, frame: RawFrame): Handled {
    if (connection.session !== undefined) return refuseWith(connection, frame, 'already_registered');
    return this.register.register(connection, frame);
  }

  #heartbeat(connection: Connection, frame: RawFrame): Handled {
    return withData(connection, 'heartbeat', frame, (data) => {
      answerHeartbeat(connection, data, frame.ref);
      return undefined;
    });
  }

  #refuse(connection: Connection, frame: RawFrame | BadFrame, code: 'bad_message' | 'unknown_event'): Handled {
    this.onEvent('unknown');
    fail(connection, { event: frame.event, ref: frame.ref }, code);
    return undefined;
  }

  /** Beyond the limits a frame is dropped, with an answer. */
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

function withData<E extends ClientEventName>(
  connection: Connection,
  event: E,
  frame: RawFrame,
  handle: (data: ClientData<E>) => Handled,
): Handled {
  const data = readData(event, frame.data);
  if (!isBadData(data)) return handle(data);
  fail(connection, frame, 'bad_data', { message: data.message });
  return undefined;
}
