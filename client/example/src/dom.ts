/** The one element of this page with that id. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`the page has no ${kind.name} #${id}`);
}

/** The element inside another one that a selector names. */
export function within<Kind extends HTMLElement>(parent: HTMLElement, selector: string, kind: new () => Kind): Kind {
  const found = parent.querySelector(selector);
  if (found instanceof kind) return found;
  throw new Error(`there is no ${kind.name} ${selector}`);
}

/** A new element from a template of the page. */
export function fromTemplate(id: string): HTMLElement {
  const made = byId(id, HTMLTemplateElement).content.firstElementChild?.cloneNode(true);
  if (made instanceof HTMLElement) return made;
  throw new Error(`the template #${id} is empty`);
}

/** `1.4 MB` */
export function bytesInWords(bytes: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  const format = {
    style: 'unit',
    unit: units[power] ?? 'byte',
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  } as const;
  return new Intl.NumberFormat('en', format).format(bytes / 1000 ** power);
}
