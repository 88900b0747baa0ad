import { describe, expect, it } from '@jest/globals';
import type { Actor } from '../../../../server/kernel/actor.ts';
import {
  can,
  isPermission,
  type Permission,
  permissions,
  requirePermission,
  requireToHold,
} from '../../../../server/kernel/permissions.ts';

const actor = (given: Partial<Actor>): Actor => ({
  accountId: '0199aaaa-0000-7000-8000-000000000001',
  username: 'someone',
  isStaff: true,
  isSuperuser: false,
  tokenGeneration: 1,
  imagesVersion: 1,
  permissions: new Set(),
  tier: {} as Actor['tier'],
  ...given,
});
const all = permissions.map(({ permission }) => permission);

describe('permissions', () => {
  it('are a closed list, each in words and in the form that the database takes', () => {
    expect(new Set(all).size).toBe(all.length);
    for (const { permission, resource, words } of permissions) {
      expect(permission).toMatch(/^[a-z]+\.[a-z]+$/);
      expect(permission.startsWith(`${resource}.`)).toBe(true);
      expect(words).not.toMatch(/undefined/);
    }
    for (const resource of ['users', 'tiers', 'images', 'links', 'groups']) {
      for (const action of ['view', 'add', 'change', 'delete', 'export'])
        expect(all).toContain(`${resource}.${action}`);
    }
    expect(all.filter((permission) => permission.startsWith('log.'))).toEqual(['log.view', 'log.export']);
    expect(all).toContain('images.reprocess');
    expect(['images.delete', 'images.fly', 'constructor', ''].filter(isPermission)).toEqual(['images.delete']);
  });

  it.each<[string, Actor | null | undefined, Permission[]]>([
    ['nobody', null, []],
    ['nobody at all', undefined, []],
    ['a superuser', actor({ isSuperuser: true }), all],
    ['a superuser who is not staff', actor({ isSuperuser: true, isStaff: false }), all],
    ['staff without permissions', actor({}), []],
    ['staff with one', actor({ permissions: new Set(['tiers.view']) }), ['tiers.view']],
    ['somebody with permissions who is not staff', actor({ isStaff: false, permissions: new Set(all) }), []],
  ])('of %s', (_, who, expected) => {
    expect(all.filter((permission) => can(who, permission))).toEqual(expected);
  });

  it('are asked for in words that say which one is missing', () => {
    expect(() => requirePermission(actor({}), 'images.delete')).toThrow(
      expect.objectContaining({ code: 'permission_denied', detail: expect.stringContaining('delete images') }),
    );
    expect(() => requirePermission(undefined as never, 'images.delete')).toThrow();
    expect(() => requirePermission(null, 'images.delete')).not.toThrow();
    expect(() => requirePermission(actor({ permissions: new Set(['images.delete']) }), 'images.delete')).not.toThrow();
  });

  it('are handed on by who has them', () => {
    const clerk = actor({ permissions: new Set(['images.view']) });
    expect(() => requireToHold(clerk, ['images.view'], 'permissions')).not.toThrow();
    expect(() => requireToHold(clerk, ['images.view', 'log.view'], 'permissions')).toThrow(
      expect.objectContaining({
        code: 'permission_denied',
        errors: [expect.objectContaining({ path: 'permissions' })],
      }),
    );
    expect(() => requireToHold(actor({ isSuperuser: true }), all, 'permissions')).not.toThrow();
  });
});
