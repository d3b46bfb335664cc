/**
 * The last value of a header that proxies append to, which the nearest proxy wrote. Node joins repeated headers with
 * commas, in their order. Empty if the header is absent.
 */
export function lastOf(header: string | string[] | undefined): string {
  const values = Array.isArray(header) ? header.join() : (header ?? '');
  return values.slice(values.lastIndexOf(',') + 1).trim();
}
