/** 18 random bytes, 144 bits: nobody will ever draw the same. */
const BYTES = 18;

/** `prefix-` and 24 random characters of `A–Z a–z 0–9 _ -`: fit for every name that a client makes for itself. */
export function randomName(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(BYTES));
  const tail = btoa(String.fromCharCode(...bytes));
  return `${prefix}-${tail.replaceAll('+', '-').replaceAll('/', '_')}`;
}
