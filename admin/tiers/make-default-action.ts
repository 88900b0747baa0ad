import { recordAction, titleOf } from '../actions/panel-action.ts';
import type { PanelDeps } from '../panel-deps.ts';

/** On a tier that is not the default: from now on new users get it. */
export function makeDefaultAction({ useCases }: Pick<PanelDeps, 'useCases'>) {
  return recordAction(
    {
      permission: 'tiers.change',
      component: false,
      icon: 'Star',
      guard: 'makeDefaultGuard',
      isVisible: (record) => record?.param('isDefault') === false,
    },
    async (record, _form, { actor, origin, say }) => {
      await useCases.updateTier(actor, record.id(), { isDefault: true }, origin);
      return { message: say('New users get the tier {{name}} from now on.', { name: titleOf(record) }) };
    },
  );
}
