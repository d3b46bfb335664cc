import type { PeerCallEnd, CallEnd } from '@white-rabbit/client';

/** Where a conversation is at. */
export type Stage =
  /** On its way to the other one. */
  | 'calling'
  | 'ringing there'
  | 'ringing here'
  /** Accepted; the two browsers look for a way to each other. */
  | 'connecting'
  /** Texts go straight to the other one. */
  | 'talking'
  /** The way is interrupted, and may come back by itself. */
  | 'interrupted';

/** Why a conversation is over, or never was. */
export type End = PeerCallEnd | CallEnd;
