import { encodeEnvelope } from './envelope-batch.js';

/**
 * The number of an ask that nobody ever makes. A receipt for it carries its sender's clock: a build that knows nothing of
 * stamps passes over it as over any receipt for an ask that has ended, so the batch needs no other version.
 */
export const STAMP_ID = 0;

/** At most one batch in this time carries a stamp: enough to see the bus, and nothing on the path of signals. Ms. */
export const STAMP_EVERY_MS = 250;

/** Longest stamp: header and 16 digits. */
export const STAMP_CHARS = 24;

/** A stamp, to be put behind the envelopes of a batch. `wallMs` is when it leaves. */
export function encodeStamp(wallMs: number): string {
  return encodeEnvelope('receipt', STAMP_ID, String(Math.floor(wallMs)));
}

/** How long the stamp was under way, ms. 0 where the sender's clock is ahead of ours. `undefined` for text that is none. */
export function lagOf(text: string, wallMs: number): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  return Math.max(0, wallMs - Number(text));
}
