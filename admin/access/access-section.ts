import { outOfReach } from '../../server/accounts/account-limits.ts';
import { titleOf } from '../actions/panel-action.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { accountAccessOf } from './account-access.ts';
import { isChangeable } from './limits.ts';

/**
 * On a user's page, for staff who may change that user: password, sessions, and the button that ends them. Who has more
 * rights is out of reach for reading as well.
 */
export function accessSection(deps: PanelDeps) {
  const accountAccess = accountAccessOf(deps);
  return sectionAction(
    { permission: 'users.change', component: 'UserAccess', isVisible: isChangeable },
    (record, { say }) => {
      if (!isChangeable(record)) throw outOfReach('rights');
      return accountAccess(record.id(), say);
    },
    async (record, _form, { actor, origin, say }) => {
      await deps.useCases.endSessions(actor, record.id(), origin);
      return {
        message: say('{{name}} is logged out everywhere: all sessions and tokens have ended.', {
          name: titleOf(record),
        }),
      };
    },
  );
}
