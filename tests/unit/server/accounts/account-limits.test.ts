import { describe, expect, it } from '@jest/globals';
import {
  type AccountStanding,
  fixedFlags,
  whyNotDeleted,
  whyOutOfReach,
} from '../../../../server/accounts/account-limits.ts';
import type { Actor } from '../../../../server/kernel/actor.ts';

function actorWith(permissions: string[], isSuperuser = false): Actor {
  return { accountId: 'me', isStaff: true, isSuperuser, permissions: new Set(permissions) } as unknown as Actor;
}

const staff = actorWith(['users.change', 'users.delete', 'images.view']);
const superuser = actorWith([], true);
const account = (given: Partial<AccountStanding> = {}): AccountStanding => ({
  id: 'somebody',
  isSuperuser: false,
  allPermissions: [],
  ...given,
});

describe('an account', () => {
  it.each([
    ['with no permission', account(), null],
    ['with the same permissions', account({ allPermissions: ['users.change', 'images.view'] }), null],
    ['with one more', account({ allPermissions: ['images.view', 'images.delete'] }), 'rights'],
    ['of a superuser', account({ isSuperuser: true }), 'superuser'],
  ])('%s is in the reach of staff, or not', (_, other, expected) => {
    expect(whyOutOfReach(staff, other)).toBe(expected);
    expect(whyNotDeleted(staff, other)).toBe(expected);
    expect(whyOutOfReach(superuser, other)).toBeNull();
    expect(whyOutOfReach(null, other)).toBeNull();
  });

  it('is not deleted by whose it is', () => {
    expect(whyNotDeleted(superuser, account({ id: 'me', isSuperuser: true }))).toBe('own');
    expect(whyOutOfReach(staff, account({ id: 'me', allPermissions: ['images.view'] }))).toBeNull();
    expect(whyNotDeleted(null, account({ id: 'me' }))).toBeNull();
  });
});

describe('the flags that stay as they are', () => {
  it.each([
    ['for a superuser', superuser, false, {}],
    ['for the service itself', null, false, {}],
    ['for other staff', staff, false, { isSuperuser: 'superuser' }],
    ['of the last superuser', superuser, true, { isSuperuser: 'last', isActive: 'last' }],
    ['of the last superuser, for the service too', null, true, { isSuperuser: 'last', isActive: 'last' }],
  ])('%s', (_, actor, isLastSuperuser, expected) => {
    expect(fixedFlags(actor, { isLastSuperuser })).toEqual(expected);
  });
});
