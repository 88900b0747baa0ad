import type { PageHandler } from 'adminjs';
import { AppError, invalidField } from '../../core/errors.ts';
import { type AccountAccess, accountAccessOf } from '../access/account-access.ts';
import { FormValues } from '../actions/form-values.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/** What the page of one's own account shows. */
export interface OwnAccount {
  username: string;
  tier: string;
  isSuperuser: boolean;
  access: AccountAccess;
}

/** One's own account: GET tells, POST changes the password or ends all sessions; this one ends with them. */
export function ownAccountPage(deps: PanelDeps): PageHandler {
  const accountAccess = accountAccessOf(deps);
  return async (request, _response, context) => {
    const { actor, origin, say } = context.currentAdmin as unknown as PanelUser;
    if (request.method !== 'post') {
      const { username, tier, isSuperuser, accountId } = actor;
      return {
        username,
        tier: tier.name,
        isSuperuser,
        access: await accountAccess(accountId, say),
      } satisfies OwnAccount;
    }
    const form = new FormValues(request.payload ?? {});
    switch (form.text('do')) {
      case 'changePassword': {
        const given = { current: form.text('current'), new: form.text('new') };
        if (given.new !== form.text('newAgain')) throw invalidField('newAgain', say('The two passwords differ.'));
        await deps.useCases.changeOwnPassword(actor, given, origin);
        return ended(say('Your password is changed. Log in with the new one.'));
      }
      case 'endSessions':
        await deps.useCases.endSessions(actor, actor.accountId, origin);
        return ended(say('You are logged out everywhere.'));
      default:
        throw new AppError('invalid_request', 'This page cannot do that.');
    }
  };
}

function ended(message: string) {
  return { notice: { type: 'success', message }, hasEnded: true };
}
