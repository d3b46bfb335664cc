/**
 * The last value of a header that proxies append to: the one that the nearest proxy wrote. Node joins repeated headers
 * with commas, in their order. Empty if there is none.
 */
export function lastOf(header: string | string[] | undefined): string {
  const values = Array.isArray(header) ? header.join() : (header ?? '');
  return values.slice(values.lastIndexOf(',') + 1).trim();
}
