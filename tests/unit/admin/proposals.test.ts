import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withProposals } from '../../../admin/components/actions/proposals.ts';
import { normalizeUsername } from '../../../core/contracts/user.ts';

const fields = [
  { propertyPath: 'username', custom: { proposedBy: 'email' } },
  { propertyPath: 'email', custom: {} },
];

function typed(...changes: Record<string, string>[]) {
  return changes.reduce((values, change) => withProposals(fields, values, change) as typeof values, {
    username: '',
    email: '',
  });
}

describe('the user name that a form proposes', () => {
  it('follows what stands before the @ of the e-mail address', () => {
    expect(typed({ email: 'm' }, { email: 'maria.k' }, { email: 'maria.k@example.org' }).username).toBe('maria.k');
    expect(typed({ email: 'maria@x' }, { email: '' }).username).toBe('');
    expect(typed({ email: '"ma ria"!@example.org' }).username).toBe('maria');
  });

  it('leaves what somebody typed alone', () => {
    expect(typed({ username: 'mk' }, { email: 'maria@example.org' }).username).toBe('mk');
    expect(typed({ email: 'maria@x' }, { username: 'maria2' }, { email: 'maria@xy' }).username).toBe('maria2');
    expect(typed({ email: 'maria@x' }, { username: '' }, { email: 'maria@xy' }).username).toBe('maria');
  });

  it('is one that a user can have, or none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (email) => {
        const { username = '' } = typed({ email });
        if (username !== '') expect(normalizeUsername(username)).not.toBeNull();
      }),
    );
  });
});
