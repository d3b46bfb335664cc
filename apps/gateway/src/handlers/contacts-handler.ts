import { Unavailable } from '@white-rabbit/cluster';
import { encodeEvent, type ClientData, type RawFrame } from '@white-rabbit/protocol';
import type { Contacts, PeerStatus, Session } from '@white-rabbit/signaling';
import type { Connection } from '../socket/connection.js';
import { fail } from './reply.js';

/** `contacts`: which peers this session watches from now on. */
export class ContactsHandler {
  constructor(private readonly contacts: Contacts) {}

  async change(
    connection: Connection,
    session: Session,
    { add = [], remove = [] }: ClientData<'contacts'>,
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
