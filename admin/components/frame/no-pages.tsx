/** The sidebar lists no pages: one's own account is opened from the top bar. */
export function NoPages() {
  return null;
}
