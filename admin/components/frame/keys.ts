/** What a key of the panel does. */
export type KeyWish = 'search' | 'next' | 'previous' | 'edit' | 'save' | 'help';

const singles: Record<string, KeyWish> = { '/': 'search', j: 'next', k: 'previous', e: 'edit', s: 'save', '?': 'help' };

const typing =
  'input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], [role=combobox]';

/**
 * What a key means here, if anything. A single key means nothing while somebody types, or when single keys are off
 * (WCAG 2.2, 2.1.4: speech input makes them by accident); Ctrl+Enter saves from within a field.
 */
export function wishOf(event: KeyboardEvent, singleKeys: boolean): KeyWish | undefined {
  if (event.defaultPrevented || event.isComposing || event.repeat) return undefined;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('dialog[open], [role=dialog]')) return undefined;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) return 'save';
  if (event.ctrlKey || event.metaKey || event.altKey || !singleKeys || target?.closest(typing)) return undefined;
  return Object.hasOwn(singles, event.key) ? singles[event.key] : undefined;
}

const places: Record<Exclude<KeyWish, 'search' | 'help'>, string> = {
  next: '[data-key=next]',
  previous: '[data-key=previous]',
  edit: '.dr-head [data-action=edit]',
  save: 'form.dr-form [type=submit].dr-primary:not(:disabled)',
};

/** Does it, where the page has something for it. */
export function fulfil(wish: Exclude<KeyWish, 'help'>): boolean {
  if (wish === 'search') {
    const box =
      document.querySelector<HTMLInputElement>('.dr-search input') ??
      document.querySelector('.dr-sidebar-filter input');
    (box as HTMLInputElement | null)?.focus();
    return box !== null;
  }
  const element = document.querySelector<HTMLElement>(places[wish]);
  element?.click();
  return element !== null;
}

const setting = 'darkroom-single-keys';

export function areSingleKeysOn(): boolean {
  return localStorage.getItem(setting) !== 'off';
}

export function setSingleKeys(isOn: boolean): void {
  if (isOn) localStorage.removeItem(setting);
  else localStorage.setItem(setting, 'off');
}
