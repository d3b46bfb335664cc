import type { PeerIdentity } from '@white-rabbit/testing';
import type { SignalShape } from './worst-signals.js';

/** Where the hostile sessions are in a call when they send their signals. */
export const CALL_STATES = ['no call', 'ringing', 'active', 'active across', 'established'] as const;
export type CallState = (typeof CALL_STATES)[number];

/** What the hostile sessions send. */
export type Attack =
  | { readonly kind: 'signals'; readonly state: CallState; readonly shape: SignalShape }
  /** Lists of 1,000 new names, each replacing the one before. */
  | { readonly kind: 'contacts' }
  /** Signals as fast as the socket takes them; a session that is closed registers again. */
  | { readonly kind: 'flood'; readonly shape: SignalShape };

/** What a session may send: so much at once, so much a second. */
export interface Allowance {
  readonly burst: number;
  readonly perSecond: number;
}

/** Everything that the worker needs for one attack. */
export interface AttackOrder {
  readonly attack: Attack;
  /** The sessions' gateway, and the other one. */
  readonly urls: readonly [string, string];
  readonly licenseKey: string;
  readonly people: readonly PeerIdentity[];
  readonly seconds: number;
  readonly frames: Allowance;
  readonly names: Allowance;
}

/** What the attack came to. */
export interface AttackReport {
  readonly frames: number;
  readonly bytes: number;
  /** Error codes that came back, by how often, and close codes. */
  readonly answers: Readonly<Record<string, number>>;
}

/** The attack as the table names it. */
export function nameOf(attack: Attack): string {
  switch (attack.kind) {
    case 'signals':
      return `${attack.state}: ${attack.shape}`;
    case 'contacts':
      return 'contacts: 1,000 new names in each frame';
    case 'flood':
      return `beyond the limits, again and again: ${attack.shape}`;
  }
}
