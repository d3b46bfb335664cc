import type { Client, ConnectionState } from '@white-rabbit/client';
import type { AddressBook, CallPhase, Conversation } from '@white-rabbit/client/chat';
import { cleanLine } from './clean-text.js';
import { SENTENCES } from './sentences.js';

/** The connection to the server, as a screen shows it. */
export type ServerView =
  | { readonly name: 'connecting' | 'online' | 'leaving' }
  /** Permanent; `why` is a sentence. */
  | { readonly name: 'refused'; readonly why: string }
  /** The client reconnects at `retryAtMs` of `performance.now()`. */
  | { readonly name: 'waiting'; readonly retryAtMs: number };

/** A contact. Its presence is `unknown` while there is no connection to the server. */
export interface ContactView {
  readonly name: string;
  readonly presence: 'online' | 'offline' | 'unknown';
}

/** The current call. */
export interface CallView {
  readonly name: string;
  readonly phase: CallPhase;
  readonly isSealed: boolean;
  /** How many texts of this user the other peer has not confirmed. */
  readonly unconfirmed: number;
}

/** A file that is on its way. */
export interface TransferView {
  readonly name: string;
  readonly direction: 'out' | 'in';
  /** Whole percent, 0 to 100. */
  readonly percent: number;
}

/** Everything that a screen shows besides the log. */
export interface View {
  readonly me: string;
  readonly server: ServerView;
  readonly contacts: readonly ContactView[];
  readonly call: CallView | undefined;
  readonly transfers: readonly TransferView[];
}

/** The state from which a view is made. */
export interface ViewState {
  readonly me: string;
  readonly book: AddressBook;
  readonly client: Pick<Client, 'presence'>;
  readonly server: ServerView;
  readonly conversation: Pick<Conversation, 'call' | 'phase' | 'delivery'> | undefined;
  readonly transfers: readonly TransferView[];
}

/** Makes the view of a state. Blocked contacts are not shown. */
export function viewOf({ me, book, client, server, conversation, transfers }: ViewState): View {
  const presenceOf = (peerId: string): ContactView['presence'] => {
    const status = server.name === 'online' ? client.presence.get(peerId) : undefined;
    return status === undefined ? 'unknown' : status === 'ONLINE' ? 'online' : 'offline';
  };
  return {
    me,
    server,
    contacts: book.contacts
      .filter(({ peerId }) => !book.isBlocked(peerId))
      .map(({ name, peerId }) => ({ name, presence: presenceOf(peerId) })),
    call: conversation && callView(conversation, book),
    transfers,
  };
}

function callView({ call, phase, delivery }: NonNullable<ViewState['conversation']>, book: AddressBook): CallView {
  const unconfirmed = delivery.sent - delivery.confirmed;
  // The peer id of a call is what the server says.
  return { name: cleanLine(book.nameOf(call.peerId)), phase, isSealed: call.isSealed, unconfirmed };
}

/** Makes the view of the connection to the server. @param nowMs the current time of `performance.now()`. */
export function serverView(state: ConnectionState, nowMs: number): ServerView {
  switch (state.name) {
    case 'connecting':
    case 'online':
      return { name: state.name };
    case 'waiting':
      return { name: 'waiting', retryAtMs: nowMs + state.retryInMs };
    case 'ended':
      return state.why.code === 1000 ? { name: 'leaving' } : { name: 'refused', why: SENTENCES.refusal(state.why) };
  }
}
