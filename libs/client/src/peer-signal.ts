import type { Candidate, Description } from './peer-connection.js';

/** The `signal` that two `PeerCall`s exchange: a description, or the candidates gathered since the last signal. */
export interface PeerSignal {
  /** The first signal of the callee of a call that resumes a connection: the connection stands at its side, too. */
  readonly resume?: true;
  readonly description?: Description;
  readonly candidates?: readonly Candidate[];
}

/** Candidates read from one signal. A regular peer sends a handful. */
const MAX_CANDIDATES = 100;

/** Reads a signal of the other peer, which can be any object. Malformed parts are left out. */
export function readPeerSignal(signal: object): PeerSignal {
  const { resume, description, candidates } = signal as Partial<Record<keyof PeerSignal, unknown>>;
  const list: readonly unknown[] = Array.isArray(candidates) ? candidates : [];
  return {
    ...(resume === true && { resume }),
    ...(isDescription(description) && { description: { type: description.type, sdp: description.sdp } }),
    candidates: list.slice(0, MAX_CANDIDATES).filter(isCandidate),
  };
}

function isDescription(value: unknown): value is Description {
  if (typeof value !== 'object' || value === null) return false;
  const { type, sdp } = value as Partial<Record<keyof Description, unknown>>;
  return (type === 'offer' || type === 'answer') && typeof sdp === 'string';
}

function isCandidate(value: unknown): value is Candidate {
  if (typeof value !== 'object' || value === null) return false;
  const { candidate, sdpMid, sdpMLineIndex } = value as Partial<Record<keyof Candidate, unknown>>;
  const isMid = sdpMid === null || typeof sdpMid === 'string';
  const isIndex = sdpMLineIndex === null || typeof sdpMLineIndex === 'number';
  return typeof candidate === 'string' && isMid && isIndex;
}
