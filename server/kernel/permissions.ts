import { AppError } from '../../core/errors.ts';
import type { Actor } from './actor.ts';

/** What staff may be allowed to do, by resource. The log is written by the service alone. */
const actionsOf = {
  users: ['view', 'add', 'change', 'delete', 'export'],
  tiers: ['view', 'add', 'change', 'delete', 'export'],
  images: ['view', 'add', 'change', 'delete', 'reprocess', 'export'],
  links: ['view', 'add', 'change', 'delete', 'export'],
  groups: ['view', 'add', 'change', 'delete', 'export'],
  log: ['view', 'export'],
} as const;

export type Resource = keyof typeof actionsOf;
export type Permission = { [Name in Resource]: `${Name}.${(typeof actionsOf)[Name][number]}` }[Resource];

const resourceWords: Record<Resource, string> = {
  users: 'users',
  tiers: 'tiers',
  images: 'images',
  links: 'expiring links',
  groups: 'groups',
  log: 'the log',
};

const actionWords: Record<string, string> = {
  view: 'see',
  add: 'add',
  change: 'change',
  delete: 'delete',
  reprocess: 'make thumbnails again of',
  export: 'export',
};

export interface PermissionInWords {
  permission: Permission;
  resource: Resource;
  /** `can delete images` without the first word. */
  words: string;
}

/** The closed list, in the order in which a form shows it. */
export const permissions: readonly PermissionInWords[] = (Object.keys(actionsOf) as Resource[]).flatMap((resource) =>
  actionsOf[resource].map((action) => ({
    permission: `${resource}.${action}` as Permission,
    resource,
    words: `${actionWords[action]} ${resourceWords[resource]}`,
  })),
);

const byName = new Map(permissions.map((entry) => [entry.permission as string, entry]));

export function isPermission(name: string): name is Permission {
  return byName.has(name);
}

/** Whether somebody may do this to what is not their own. Permissions count for active staff; a superuser has all. */
export function can(actor: Actor | null | undefined, permission: Permission): boolean {
  if (!actor) return false;
  return actor.isSuperuser || (actor.isStaff && actor.permissions.has(permission));
}

/**
 * Throws `permission_denied` when the actor may not. A null actor is the service itself (the command line, the first
 * start) and may.
 */
export function requirePermission(actor: Actor | null, permission: Permission): void {
  if (actor === null || can(actor, permission)) return;
  const words = byName.get(permission)?.words ?? permission;
  throw new AppError(
    'permission_denied',
    `You may not ${words}. Ask an administrator for the permission ${permission}.`,
  );
}

/** Whether an actor has a permission to hand out: a superuser has all, a null actor is the service itself. */
export function holds(actor: Actor | null, permission: string): boolean {
  return actor === null || actor.isSuperuser || actor.permissions.has(permission);
}

export function holdsAll(actor: Actor | null, wanted: readonly string[]): boolean {
  return wanted.every((permission) => holds(actor, permission));
}

/** Nobody hands out, or takes away, what they do not have themselves. */
export function requireToHold(actor: Actor | null, wanted: Iterable<string>, path: string): void {
  for (const permission of wanted) {
    if (holds(actor, permission)) continue;
    const message = `You do not have ${permission} yourself. Ask a superuser.`;
    throw new AppError('permission_denied', message, { errors: [{ path, message }] });
  }
}
