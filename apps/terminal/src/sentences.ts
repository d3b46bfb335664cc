import type { CallEnd, Closed, ErrorCode, PeerCallEnd } from '@white-rabbit/client';

/** Why somebody cannot be talked to (any more), in plain words. `{name}` is the other one. */
const ENDS: Readonly<Partial<Record<PeerCallEnd | CallEnd, string>>> = {
  no_route:
    'No way was found between your network and that of {name}. Both being behind firewalls is the usual reason; a TURN server (--ice-server) helps.',
  closed: 'You hung up.',
  closed_by_peer: '{name} hung up.',
  lost: 'The connection to {name} broke.',
  failed: 'The two clients could not agree on a connection; {name} may use another kind.',
  hangup: 'The call with {name} is over.',
  cancelled: 'The call with {name} was taken back.',
  timeout: '{name} does not answer.',
  peer_offline: '{name} is not online.',
  glare: 'You called each other at the same moment and it came to nothing. Try again.',
  declined: '{name} does not want to talk now.',
  busy: '{name} is talking to somebody else.',
  disconnected: 'There is no connection to the server at the moment.',
  no_answer: 'The server did not answer.',
  rate_limited: 'Too many calls in a short time. Wait a minute.',
  call_limit: 'One of you has too many calls at once.',
  call_not_found: 'The call with {name} is over already.',
  self_call: 'That is yourself.',
  undeliverable: '{name} could not be reached in time.',
  unavailable: '{name} cannot be reached: the servers are cut off from each other at the moment.',
};

/** What the callee reads if it rang and the call was not accepted. */
const ENDS_OF_RINGS: typeof ENDS = {
  declined: 'You declined the call from {name}.',
  cancelled: '{name} called and hung up before you answered.',
  timeout: '{name} called and you did not answer.',
  peer_offline: '{name} called and went offline.',
};

/** Why the server refuses for good, in plain words. */
const REFUSALS: Readonly<Partial<Record<ErrorCode, string>>> = {
  license_invalid: 'The server does not know this license key. Look for a typing mistake.',
  license_revoked: 'This license was revoked. Ask whoever gave it to you.',
  license_expired: 'This license has expired. Ask whoever gave it to you.',
  license_device_limit:
    'This license is used on another device already, and allows no more. Use that device, have it released, or start with --transfer where the server allows to move it.',
  license_transfer_too_soon:
    'This license was moved to another device lately, and cannot be moved again yet. Use that device, or ask whoever gave it to you.',
  license_identity_mismatch:
    'This license knows this device under another name. Use the profile it was first used with, or have the device released.',
  peer_id_taken: 'The name of this profile belongs to another device. Use another profile.',
  bad_data: 'The server did not understand the registration. Is the key complete?',
};

const REPLACED = 4503;
const WAITS: Readonly<Record<number, string>> = {
  1012: 'The server restarts.',
  1013: 'The server is full.',
  4003: 'You are sending requests too quickly.',
  4004: 'The server cannot check licenses at the moment.',
  4005: 'The servers are cut off from each other at the moment.',
};

/** Why a call, or what came of it, ended. @param rang it rang here and was not accepted. */
export function sentenceOfEnd(why: PeerCallEnd | CallEnd, name: string, rang: boolean): string {
  return ((rang ? ENDS_OF_RINGS[why] : undefined) ?? ENDS[why] ?? `The call with {name} failed (${why}).`).replaceAll(
    '{name}',
    () => name,
  );
}

/** Why there is no connection to the server, and that it comes back by itself. */
export function sentenceOfWait({ code }: Closed): string {
  return `${WAITS[code] ?? 'The server cannot be reached.'} Trying again until it works.`;
}

/** Why there will be no connection to the server any more. */
export function sentenceOfRefusal({ code, error }: Closed): string {
  if (code === REPLACED) return 'You connected from somewhere else with this profile; this one is disconnected.';
  return (error && REFUSALS[error]) ?? `The server refused the connection for good (${code}).`;
}

/** What a person must know of a contact who had no profile on this machine. */
export function sentenceOfNewProfile(name: string): string {
  return `${name} is new: a profile was made for them on this machine. If ${name} is at another machine, use --contacts ${name}=PEER_ID; their terminal prints the peer id when it starts.`;
}
