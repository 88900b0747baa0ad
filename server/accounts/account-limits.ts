import { AppError } from '../../core/errors.ts';
import type { Actor } from '../kernel/actor.ts';
import { holdsAll } from '../kernel/permissions.ts';

/** What the rules here ask of an account. */
export interface AccountStanding {
  id: string;
  isSuperuser: boolean;
  /** Its own permissions, and its groups'. */
  allPermissions: readonly string[];
}

/**
 * Why an actor may change nothing of an account: who could set the password or the name of somebody with more rights
 * would have those rights. Null when they may.
 */
export function whyOutOfReach(
  actor: Actor | null,
  { isSuperuser, allPermissions }: Omit<AccountStanding, 'id'>,
): 'superuser' | 'rights' | null {
  if (actor === null || actor.isSuperuser) return null;
  if (isSuperuser) return 'superuser';
  return holdsAll(actor, allPermissions) ? null : 'rights';
}

const reachWords = {
  superuser: 'Only a superuser may change or delete a superuser.',
  rights: 'This account has permissions that you do not have. Ask a superuser.',
};

/** The refusal for an account with more rights than the actor's. */
export function outOfReach(why: keyof typeof reachWords): AppError {
  return new AppError('permission_denied', reachWords[why]);
}

export function isOwn(actor: Actor | null, accountId: string): boolean {
  return actor?.accountId === accountId;
}

/** Why an actor may not delete an account. That the last active superuser stays is not asked here. */
export function whyNotDeleted(actor: Actor | null, account: AccountStanding): 'own' | ReturnType<typeof whyOutOfReach> {
  return isOwn(actor, account.id) ? 'own' : whyOutOfReach(actor, account);
}

/** Superusers alone make superusers; a null actor is the service itself. */
export function maySetSuperuser(actor: Actor | null): boolean {
  return actor === null || actor.isSuperuser;
}

/** The flags of an account within reach that stay as they are, each with why. */
export function fixedFlags(
  actor: Actor | null,
  { isLastSuperuser }: { isLastSuperuser: boolean },
): { isSuperuser?: 'superuser' | 'last'; isActive?: 'last' } {
  return {
    ...(isLastSuperuser ? { isActive: 'last', isSuperuser: 'last' } : {}),
    ...(maySetSuperuser(actor) ? {} : { isSuperuser: 'superuser' }),
  };
}
