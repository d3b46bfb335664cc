/** The first pause is at most this long. */
const BASE_MS = 500;
/** No pause is longer than this, unless the server asks for more. */
const CAP_MS = 30_000;

/**
 * The pause before the next attempt, in milliseconds: "full jitter", anything from nothing to the exponential bound, so
 * that clients that were cut off together do not come back together.
 *
 * @param failures how many attempts have failed since the connection last held.
 * @param random from 0 to 1.
 */
export function backOffMs(failures: number, random: () => number = Math.random): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, 16));
}
