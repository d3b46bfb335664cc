import { Injectable } from '@nestjs/common';
import { isBadData, readData, type ClientData, type ClientEventName, type RawFrame } from '@white-rabbit/protocol';
import type { Session } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';
import { CallHandler } from './call-handler.js';
import { ContactsHandler } from './contacts-handler.js';
import { fail, type Handled } from './reply.js';
import { SignalHandler } from './signal-handler.js';

/** The events that only a session may send. */
export type SessionEventName = Exclude<ClientEventName, 'register' | 'heartbeat'>;

/** Passes each event of a session to its handler. */
@Injectable()
export class SessionEvents {
  constructor(
    private readonly contacts: ContactsHandler,
    private readonly calls: CallHandler,
    private readonly signals: SignalHandler,
  ) {}

  /** `atMs` is the arrival time of the frame, monotonic. */
  dispatch(connection: Connection, session: Session, event: SessionEventName, frame: RawFrame, atMs: number): Handled {
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
}

/** Decodes the data of an event and passes it on. Malformed data is answered with `bad_data`. */
export function withData<E extends ClientEventName>(
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
