import { encodeEnvelope } from './envelope-batch.js';

/**
 * The number of a request that no node ever sends. A response to it contains its sender's clock: a build without
 * stamps ignores it like any response to a request that has ended, so the batch needs no other version.
 */
export const STAMP_ID = 0;

/** At most one batch in this time contains a stamp: enough to observe the bus, with no cost for signals. Ms. */
export const STAMP_EVERY_MS = 250;

/** Longest stamp: header and 16 digits. */
export const STAMP_CHARS = 24;

/** A stamp, placed after the messages of a batch. `wallMs` is the time of sending. */
export function encodeStamp(wallMs: number): string {
  return encodeEnvelope('receipt', STAMP_ID, String(Math.floor(wallMs)));
}

/**
 * How long the stamp was in transit, ms. 0 if the sender's clock is ahead of this one. `undefined` if the text is not
 * a stamp.
 */
export function lagOf(text: string, wallMs: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  return Math.max(0, wallMs - Number(text));
}
