import type { Phase } from './timeline.js';

/** Not in Kubernetes. */
export const HERE = { region: 'local' };
export const EU = { namespace: 'white-rabbit', region: 'eu' };
export const STAGING = { namespace: 'staging', region: 'eu' };
export const US = { namespace: 'white-rabbit', region: 'us' };

/** `before` for that long, `then` for the rest. */
export const turn = (minutes: number, atMinute: number, before: Phase[1], then: Phase[1]): readonly Phase[] => [
  [atMinute, before],
  [minutes - atMinute, then],
];

/** `usual`, but for a while something else. */
export const dip = (
  minutes: number,
  atMinute: number,
  lasts: number,
  usual: Phase[1],
  other: Phase[1],
): readonly Phase[] => [
  [atMinute, usual],
  [lasts, other],
  [minutes - atMinute - lasts, usual],
];
