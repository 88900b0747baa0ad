import { titleOf } from '../actions/panel-action.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { accountAccessOf } from './account-access.ts';

/** On a user's page, for who may change users: password, sessions, and the button that ends them. */
export function accessSection(deps: PanelDeps) {
  const accountAccess = accountAccessOf(deps);
  return sectionAction(
    { permission: 'users.change', component: 'UserAccess' },
    (record, { say }) => accountAccess(record.id(), say),
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
