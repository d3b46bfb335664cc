/** The path of a request without its query. Never parsed as a URL: `//` and the like throw there. */
export function pathOf(url = ''): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}
