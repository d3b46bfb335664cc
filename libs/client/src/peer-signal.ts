import type { Candidate, Description } from './peer-connection.js';

/** What two `PeerCall`s send each other as `signal`: a description, or candidates gathered since the last. */
export interface PeerSignal {
  readonly description?: Description;
  readonly candidates?: readonly Candidate[];
}

/** Most candidates read from one signal; an honest peer has a handful. */
const MOST_CANDIDATES = 100;

/** Reads a signal of the other peer, who may send anything. What is malformed is left out. */
export function readPeerSignal(signal: object): PeerSignal {
  const { description, candidates } = signal as Partial<Record<keyof PeerSignal, unknown>>;
  const list: readonly unknown[] = Array.isArray(candidates) ? candidates : [];
  return {
    ...(isDescription(description) && { description: { type: description.type, sdp: description.sdp } }),
    candidates: list.slice(0, MOST_CANDIDATES).filter(isCandidate),
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
