import {
  type AccountStanding,
  fixedFlags,
  maySetSuperuser,
  whyNotDeleted,
  whyOutOfReach,
} from '../../server/accounts/account-limits.ts';
import type { Actor } from '../../server/kernel/actor.ts';
import type { Reader } from '../adapter/panel-definition.ts';
import { type Say, word } from '../locale/say-in.ts';
import type { Limits } from './limits.ts';

/** What the rules have to know beside the columns of an account, called `a`. */
export const standingSql = `
  ARRAY(SELECT permission FROM account_permissions WHERE account_id = a.id
    UNION SELECT gp.permission FROM account_groups ag JOIN group_permissions gp USING (group_id)
      WHERE ag.account_id = a.id) AS "allPermissions",
  a.is_superuser AND a.is_active
    AND NOT EXISTS (SELECT FROM accounts o WHERE o.is_superuser AND o.is_active AND o.id <> a.id) AS "isLastSuperuser"`;

export interface Standing extends AccountStanding {
  isLastSuperuser: boolean;
}

const reasons = {
  superuser: word('Only a superuser may change this.'),
  last: word('This is the last active superuser. Make somebody else a superuser first.'),
};

/** What who reads an account may not do with it. */
export function limitsOfAccount(account: Standing, { actor, say }: Reader): Limits {
  return {
    fields: inWords(fixedFlags(actor, account), say),
    ...(whyOutOfReach(actor, account) && { isOutOfReach: true }),
    ...(whyNotDeleted(actor, account) && { isKept: true }),
  };
}

/** What somebody may not give a new account. */
export function limitsOfNewAccount(actor: Actor, say: Say): Limits {
  return maySetSuperuser(actor) ? {} : { fields: { isSuperuser: say(reasons.superuser) } };
}

function inWords(fixed: Partial<Record<string, keyof typeof reasons>>, say: Say): Record<string, string> {
  return Object.fromEntries(Object.entries(fixed).flatMap(([field, why]) => (why ? [[field, say(reasons[why])]] : [])));
}
