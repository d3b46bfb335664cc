/** The path of a request without its query. The URL is never parsed: `//` and similar paths would throw. */
export function pathOf(url = ''): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
