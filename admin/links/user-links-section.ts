import { can } from '../../server/kernel/permissions.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { type RecentLinks, recentLinks } from './recent-links.ts';

export interface UserLinks extends RecentLinks {
  canRevoke: boolean;
}

/** On a user's page: the expiring links that belong to the user, the newest. */
export function userLinksSection({ sequelize }: Pick<PanelDeps, 'sequelize'>) {
  return sectionAction({ permission: 'links.view', component: 'UserLinks' }, async (record, { actor }) => {
    const canRevoke = can(actor, 'links.delete');
    return { ...(await recentLinks(sequelize, 'owner_id', record.id())), canRevoke } satisfies UserLinks;
  });
}
