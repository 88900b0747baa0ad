import { titleOf } from '../actions/panel-action.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { accountAccessOf } from './account-access.ts';

/** On a user's page, for who may change users: password, sessions, and the button that ends them. */
export function accessSection(deps: PanelDeps) {
  const accountAccess = accountAccessOf(deps);
  return sectionAction(
    { permission: 'users.change', component: 'UserAccess' },
    (record) => accountAccess(record.id()),
    async (record, _form, { actor, origin }) => {
      await deps.useCases.endSessions(actor, record.id(), origin);
      return { message: `${titleOf(record)} is logged out everywhere: all sessions and tokens have ended.` };
    },
  );
}
