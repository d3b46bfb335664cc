import type { Call, Closed, ConnectionState } from '@white-rabbit/client';
import { ChatSentences, type CallPhase } from '@white-rabbit/client/chat';
import type { News } from './news.js';

/** The sentences of the chat core. */
export const SENTENCES = new ChatSentences();

const PHASES: Readonly<Record<CallPhase, string>> = {
  calling: 'calling …',
  'ringing there': 'ringing …',
  'ringing here': 'is calling you',
  connecting: 'connecting …',
  talking: 'connected, peer to peer',
  interrupted: 'interrupted, waiting for the connection …',
};

const SERVER_STATES: Readonly<Record<ConnectionState['name'], string>> = {
  connecting: 'Connecting …',
  online: 'Connected',
  waiting: 'No server',
  ended: 'Disconnected',
};

/** The phase of a call in a few words. */
export function wordOfPhase(phase: CallPhase): string {
  return PHASES[phase];
}

/** Whether a call is sealed, in a few words. */
export function wordOfSeal({ isSealed }: Pick<Call, 'isSealed'>): string {
  return isSealed ? 'sealed' : 'not sealed';
}

/** The state of the connection to the server in one or two words. */
export function wordOfServer(state: ConnectionState['name']): string {
  return SERVER_STATES[state];
}

/** What the user must know about the connection to the server; `undefined` if the connection is fine. */
export function sentenceOfServer(state: ConnectionState): string | undefined {
  if (state.name === 'waiting') {
    const why = SENTENCES.outage(state.why, 'The connection to the server is lost.');
    return `${why} Reconnecting automatically. Open conversations continue: they need no server.`;
  }
  return state.name === 'ended' && state.why.code !== 1000 ? SENTENCES.refusal(state.why) : undefined;
}

/** Why the first connection to the server failed. */
export function sentenceOfNoServer(why: Pick<Closed, 'code'>): string {
  return SENTENCES.outage(why, 'The server cannot be reached. Check its address.');
}

/** The title of a notification. It has the name of the peer, and nothing of what the peer wrote. */
export function sentenceOfNews(kind: News['kind'], name: string): string {
  return { ring: `${name} is calling you`, text: `${name} wrote to you`, file: `${name} offers you a file` }[kind];
}

/** The user signs in with a name that another tab of this browser uses. */
export function sentenceOfElsewhere(name: string): string {
  return `${name} is open in another tab of this browser. If you use it here, that tab leaves and its calls end.`;
}

/** Another tab of this browser has taken over the name. */
export function sentenceOfTakeover(name: string): string {
  return `You have opened ${name} in another tab of this browser.`;
}
