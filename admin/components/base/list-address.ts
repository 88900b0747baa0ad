import { inPanel } from './panel-path.ts';

const keyOf = (resourceId: string) => `darkroom-list-${resourceId}`;

/** Where the list was left: with its search, filters, order and page, for as long as the window is open. */
export function listAddress(resourceId: string): string {
  return inPanel(`/resources/${resourceId}${sessionStorage.getItem(keyOf(resourceId)) ?? ''}`);
}

export function rememberList(resourceId: string, search: string): void {
  sessionStorage.setItem(keyOf(resourceId), search);
}
