import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';

/**
 * On an image's page: what the camera wrote into the original, read when somebody asks. The position is another request,
 * a POST, because it writes to the log.
 */
export function photoSection({ useCases }: Pick<PanelDeps, 'useCases'>) {
  return sectionAction(
    { permission: 'images.view', component: 'PhotoFacts' },
    (record, { actor }) => useCases.readPhoto(actor, record.id()),
    async (record, _form, { actor, origin, say }) => {
      const position = await useCases.viewPosition(actor, record.id(), origin);
      return { message: say('The log tells that you looked at the position.'), section: { position } };
    },
  );
}
