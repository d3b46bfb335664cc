import type { Route } from '@white-rabbit/signaling';
import { regionOf } from './region-of.js';

/**
 * Whether `a` has the peer rather than `b`: by epoch, and if the clocks of two regions gave the same, by the region's
 * name.
 */
export function isNewer(a: Route, b: Route): boolean {
  return a.epoch === b.epoch ? regionOf(a.node) > regionOf(b.node) : a.epoch > b.epoch;
}

/** The newer of both, or the only one. */
export function newest(a: Route | undefined, b: Route | undefined): Route | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return isNewer(b, a) ? b : a;
}
