/** What stands behind the first `?` of a request's address, as it was sent; empty when there is none. */
export function searchOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at + 1);
}
