import { Injectable } from '@nestjs/common';
import {
  encodeEvent,
  isBadData,
  namesMoreThan,
  readData,
  type ClientData,
  type PeerId,
  type RawFrame,
} from '@white-rabbit/protocol';
import { Contacts, Unavailable, type PeerStatus, type Session } from '@white-rabbit/signaling';
import type { Connection } from '../transport/connection.js';
import { RateLimits } from './limits/rate-limits.js';
import { fail, type Handled } from './reply.js';

/** Handles `contacts`: changes the peers that this session watches. */
@Injectable()
export class ContactsHandler {
  constructor(
    private readonly contacts: Contacts,
    private readonly limits: RateLimits,
  ) {}

  /** `nowMs` is the arrival time of the frame, monotonic. */
  change(connection: Connection, session: Session, frame: RawFrame, nowMs: number): Handled {
    const { add: added, remove: removed } = frame.data ?? {};
    if (namesMoreThan(this.limits.maxContacts, added) || namesMoreThan(this.limits.maxContacts, removed)) {
      fail(connection, frame, 'contacts_limit');
      return undefined;
    }
    const data = readData('contacts', frame.data);
    if (isBadData(data)) {
      fail(connection, frame, 'bad_data', { message: data.message });
      return undefined;
    }
    const add = [...new Set(data.add)];
    const waitMs = this.limits.takeContacts(connection, add.length, nowMs);
    if (waitMs === 0) return this.#change(connection, session, add, data, frame);
    this.limits.refuse(connection, frame, waitMs);
    return undefined;
  }

  async #change(
    connection: Connection,
    session: Session,
    add: readonly PeerId[],
    { remove = [] }: ClientData<'contacts'>,
    frame: RawFrame,
  ): Promise<void> {
    const answer = (peers: readonly PeerStatus[]) => {
      connection.send(encodeEvent('presence', { peers: [...peers] }, frame.ref));
    };
    try {
      const outcome = await this.contacts.add(session, add, answer, remove);
      if (outcome === 'contacts_limit') fail(connection, frame, outcome);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      fail(connection, frame, 'unavailable');
    }
  }
}
