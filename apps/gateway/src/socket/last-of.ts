/**
 * The last value of a header that proxies append to: what the proxy wrote that the request came from. Node joins repeated
 * headers by commas, in their order. Empty where there is none.
 */
export function lastOf(header: string | string[] | undefined): string {
  const values = Array.isArray(header) ? header.join() : (header ?? '');
  return values.slice(values.lastIndexOf(',') + 1).trim();
}
