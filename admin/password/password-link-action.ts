import { isChangeable } from '../access/limits.ts';
import { recordAction, titleOf } from '../actions/panel-action.ts';
import type { PanelDeps } from '../panel-deps.ts';

/** On a user: makes a link by which they set the password, and gives it to the page that asked, once. */
export function passwordLinkAction({ useCases }: Pick<PanelDeps, 'useCases'>) {
  return recordAction(
    { permission: 'users.change', component: 'PasswordLink', icon: 'Link', isVisible: isChangeable },
    async (record, _form, { actor, origin, say }) => {
      const section = await useCases.makePasswordLink(actor, record.id(), origin);
      return { message: say('The link for {{name}} is made.', { name: titleOf(record) }), section };
    },
  );
}
