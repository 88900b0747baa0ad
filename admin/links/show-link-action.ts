import { recordAction, titleOf } from '../actions/panel-action.ts';
import type { PanelDeps } from '../panel-deps.ts';

/** On a link that is live: its address, to be opened or passed on. */
export function showLinkAction({ useCases }: Pick<PanelDeps, 'useCases'>) {
  return recordAction(
    {
      permission: 'links.view',
      component: 'ShowLink',
      icon: 'ExternalLink',
      isVisible: (record) => record?.param('condition') === 'live',
    },
    async (record, _form, { actor, origin, say }) => {
      const section = await useCases.showLink(actor, record.id(), origin);
      return { message: say('This is the link to {{name}}.', { name: titleOf(record) }), section };
    },
  );
}
