import type { Action, ActionResponse } from 'adminjs';
import { z } from 'zod';
import { parseInput } from '../../core/parse-input.ts';
import type { Permission } from '../../server/kernel/permissions.ts';
import { readAction, userOf } from '../actions/panel-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { type Deletable, deletionPlanOf } from './deletion-plan.ts';

/** What one question may hold; a page that asks about more asks several times. */
export const mostAtOnce = 1_000;

const askedSchema = z.object({ ids: z.array(z.uuid()).max(mostAtOnce) });

/** For the pages that ask before something is deleted: `{ids}` by POST, because an address cannot hold them all. */
export function deletionAction(
  resource: Deletable,
  deps: Pick<PanelDeps, 'sequelize'>,
): Partial<Action<ActionResponse>> {
  const readPlan = deletionPlanOf(deps);
  return {
    ...readAction(`${resource}.delete` satisfies Permission, { component: false }),
    actionType: 'resource',
    handler: async (request, _response, context) => {
      const { ids } = parseInput(askedSchema, request.payload ?? {});
      return { plan: await readPlan(resource, ids, userOf(context).actor) };
    },
  };
}
