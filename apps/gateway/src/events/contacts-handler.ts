import { Injectable } from '@nestjs/common';
import {
  encodePresence,
  isBadData,
  LIMITS,
  namesMoreThan,
  readData,
  type ClientData,
  type PeerId,
  type PeerStatus,
  type RawFrame,
} from '@white-rabbit/protocol';
import { Contacts, Unavailable, type Rate, type Session } from '@white-rabbit/signaling';
import { BurstLane } from '../transport/burst-lane.js';
import type { Connection } from '../transport/connection.js';
import { RateLimits } from './limits/rate-limits.js';
import { fail, type Handled } from './reply.js';

/** Contacts that all sessions together add in long lists: one list at once, and 10,000 names a second. */
const ADDING_RATE: Rate = { perSecond: 10_000, burst: LIMITS.contacts };
/** A longer list waits for a turn of the event loop: to watch 1,000 new peers takes some ms. */
const LONG_LIST = 50;

/** Handles `contacts`: changes the peers that this session watches. */
@Injectable()
export class ContactsHandler {
  readonly #lane = new BurstLane(ADDING_RATE);

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
    if (waitMs === 0) return this.#change(connection, session, add, data, frame, nowMs);
    this.limits.refuse(connection, frame, waitMs);
    return undefined;
  }

  async #change(
    connection: Connection,
    session: Session,
    add: readonly PeerId[],
    { remove = [] }: ClientData<'contacts'>,
    frame: RawFrame,
    nowMs: number,
  ): Promise<void> {
    const answer = (peers: readonly PeerStatus[]) => {
      connection.send(encodePresence(peers, frame.ref));
    };
    try {
      if (add.length > LONG_LIST) await this.#lane.turn(add.length, nowMs);
      const outcome = await this.contacts.add(session, add, answer, remove);
      if (outcome === 'contacts_limit') fail(connection, frame, outcome);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      fail(connection, frame, 'unavailable');
    }
  }
}
