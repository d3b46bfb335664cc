import type { Client, LineState } from '@white-rabbit/client';
import type { AddressBook } from './address-book.js';
import type { Conversation } from './conversation.js';
import { sentenceOfRefusal } from './sentences.js';
import type { ContactView, ServerView, View } from './view.js';

/** What a view is made of. */
export interface Scene {
  readonly me: string;
  readonly book: AddressBook;
  readonly client: Pick<Client, 'presence'>;
  readonly server: ServerView;
  readonly conversation: Pick<Conversation, 'call' | 'stage'> | undefined;
}

/** How things are, in the words of people. */
export function chatView({ me, book, client, server, conversation }: Scene): View {
  const presenceOf = (peerId: string): ContactView['presence'] => {
    const status = server.name === 'online' ? client.presence.get(peerId) : undefined;
    return status === undefined ? 'unknown' : status === 'ONLINE' ? 'online' : 'offline';
  };
  return {
    me,
    server,
    contacts: book.peerIds.map((peerId) => ({ name: book.nameOf(peerId), presence: presenceOf(peerId) })),
    call: conversation && { name: book.nameOf(conversation.call.peerId), stage: conversation.stage },
  };
}

/** @param nowMs by `performance.now()`. */
export function serverView(state: LineState, nowMs: number): ServerView {
  switch (state.name) {
    case 'connecting':
    case 'online':
      return { name: state.name };
    case 'waiting':
      return { name: 'waiting', retryAtMs: nowMs + state.retryInMs };
    case 'ended':
      return state.why.code === 1000 ? { name: 'leaving' } : { name: 'refused', why: sentenceOfRefusal(state.why) };
  }
}
