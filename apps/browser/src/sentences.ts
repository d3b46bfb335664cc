import type { Closed, ErrorCode, FailureCode, LineState, Status } from '@white-rabbit/client';
import type { End, Stage } from './stage.js';

/** How a sentence is meant. */
export type Tone = 'good' | 'bad' | 'quiet';

/** Why somebody cannot be talked to (any more). `{name}` is the other one. */
const ENDS: Readonly<Partial<Record<End, string>>> = {
  no_route:
    'No way was found between your network and that of {name}. Both being behind firewalls is the usual reason; a server with a TURN relay helps.',
  closed: 'You hung up.',
  closed_by_peer: '{name} hung up.',
  lost: 'The connection to {name} broke.',
  failed: 'The two clients could not agree on a connection; {name} may use another kind.',
  hangup: 'The call with {name} is over.',
  cancelled: 'The call with {name} was taken back.',
  timeout: 'Nobody answered the call with {name}.',
  peer_offline: '{name} is not online.',
  glare: 'You called each other at the same moment and it came to nothing. Try again.',
  declined: '{name} does not want to talk now.',
  busy: '{name} is talking to somebody else.',
  disconnected: 'There is no connection to the server at the moment, and without it nobody can be called.',
  no_answer: 'The server did not answer.',
  rate_limited: 'Too many calls in a short time. Wait a minute.',
  call_limit: 'One of you has too many calls at once.',
  call_not_found: 'The call with {name} is over already.',
  self_call: 'That is yourself.',
  undeliverable: '{name} could not be reached in time.',
  unavailable: '{name} cannot be reached: the servers are cut off from each other at the moment.',
};

/** What somebody reads who was called and did not talk. */
const ENDS_OF_RINGS: Readonly<Partial<Record<End, string>>> = {
  declined: 'You declined the call of {name}.',
  cancelled: '{name} called, and hung up before you answered.',
  timeout: '{name} called, and you did not answer.',
  peer_offline: '{name} called, and is gone.',
};

const STAGES: Readonly<Record<Stage, string>> = {
  calling: 'calling …',
  'ringing there': 'ringing …',
  'ringing here': 'is calling you',
  connecting: 'looking for a way …',
  talking: 'connected, peer to peer',
  interrupted: 'interrupted, waiting for it to come back …',
};

/** Why the server refuses for good. */
const REFUSALS: Readonly<Partial<Record<ErrorCode, string>>> = {
  license_invalid: 'The server does not know this license key. Look for a typing mistake.',
  license_revoked: 'This license was revoked. Ask whoever gave it to you.',
  license_expired: 'This license has expired. Ask whoever gave it to you.',
  license_device_limit:
    'This license is used on another device already, and allows no more. Use that device, or have it released.',
  license_identity_mismatch:
    'This license knows this device under another name. Use the name it was first used with, or have the device released.',
  peer_id_taken: 'The identity behind this name belongs to another device. Use another name.',
  license_transfer_too_soon: 'This license moved to another device not long ago. Wait, or ask whoever gave it to you.',
  bad_data: 'The server did not understand the registration. Is the key complete?',
};

const REPLACED = 4503;
const LICENSE_REFUSED = 4501;
const WAITS: Readonly<Record<number, string>> = {
  1012: 'The server restarts.',
  1013: 'The server is full.',
  4003: 'You are sending requests too quickly.',
  4004: 'The server cannot check licenses at the moment.',
  4005: 'The servers are cut off from each other at the moment.',
};

/** Why a call, or what came of it, ended. @param rang it rang here, and nobody talked. */
export function sentenceOfEnd(why: End, name: string, rang: boolean): string {
  const sentence = (rang ? ENDS_OF_RINGS[why] : undefined) ?? ENDS[why] ?? `The call with {name} failed (${why}).`;
  return sentence.replaceAll('{name}', () => name);
}

/** Whether an end is one that somebody wanted. */
export function toneOfEnd(why: End): Tone {
  const wanted: readonly End[] = ['closed', 'closed_by_peer', 'hangup', 'cancelled', 'declined'];
  return wanted.includes(why) ? 'quiet' : 'bad';
}

/** What is going on with somebody. */
export function sentenceOfStage(stage: Stage): string {
  return STAGES[stage];
}

/** Whether somebody is there. @param current `false` where the server cannot be asked. */
export function sentenceOfPresence(status: Status | undefined, current: boolean): string {
  if (status === undefined) return current ? 'not among your contacts' : 'unknown';
  const word = status === 'ONLINE' ? 'online' : 'offline';
  return current ? word : `${word} when last heard of`;
}

/** The connection to the server, in a word or two. */
export function wordOfServer(state: LineState['name']): string {
  const words = { connecting: 'Connecting …', online: 'Connected', waiting: 'No server', ended: 'Disconnected' };
  return words[state];
}

/** What a person has to know about a server that is gone; `undefined` where all is well. */
export function sentenceOfServer(state: LineState): string | undefined {
  if (state.name === 'waiting') {
    const why = WAITS[state.why.code] ?? 'The connection to the server is lost.';
    return `${why} Trying again until it works. Open conversations go on: they need no server.`;
  }
  return state.name === 'ended' && state.why.code !== 1000 ? sentenceOfRefusal(state.why) : undefined;
}

/** Why somebody who signs in does not get to the server. */
export function sentenceOfNoServer({ code }: Pick<Closed, 'code'>): string {
  return WAITS[code] ?? 'The server cannot be reached. Is its address right?';
}

/** Why there will be no connection to the server any more. */
export function sentenceOfRefusal({ code, error }: Pick<Closed, 'code' | 'error'>): string {
  if (code === REPLACED) return 'You connected from somewhere else under this name; this page is disconnected.';
  const known = error && REFUSALS[error];
  if (known) return known;
  if (code === LICENSE_REFUSED) return 'The server takes this license no longer. Ask whoever gave it to you.';
  return `The server refused the connection for good (${code}).`;
}

/** Why a contact was not taken by the server. */
export function sentenceOfContactRefusal(code: FailureCode): string {
  return code === 'contacts_limit' ? 'You have as many contacts as there can be.' : `The server refused it (${code}).`;
}
