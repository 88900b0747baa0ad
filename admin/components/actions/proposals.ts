import type { BasePropertyJSON } from 'adminjs';
import type { Values } from './form-state.ts';

const longestName = 150;

type Proposed = Pick<BasePropertyJSON, 'propertyPath' | 'custom'>;

/**
 * The values of a form for a new record after a change, with what follows from it: `custom.proposedBy` of a field names
 * the one that its value is made of, for as long as nobody gives it one of its own.
 */
export function withProposals(properties: readonly Proposed[], before: Values, changed: Values): Values {
  const after = { ...before, ...changed };
  for (const { propertyPath, custom } of properties) {
    const source = String(custom.proposedBy ?? '');
    if (!(source in changed) || propertyPath in changed) continue;
    const isOurs = before[propertyPath] === '' || before[propertyPath] === nameFrom(before[source]);
    if (isOurs) after[propertyPath] = nameFrom(changed[source]);
  }
  return after;
}

/** Of an e-mail address what stands before the `@`, without what no user name has. */
function nameFrom(email: unknown): string {
  const [local = ''] = typeof email === 'string' ? email.normalize('NFKC').split('@') : [];
  const allowed = local.replaceAll(/[^\p{L}\p{N}_.+-]/gu, '');
  return [...allowed].slice(0, longestName).join('');
}
