import { can, type Permission } from '../../server/kernel/permissions.ts';
import { type FailedImage, failedImagesOf } from '../dashboard/failed-images.ts';
import { type Figures, figuresOf } from '../dashboard/figures.ts';
import { type RecentAction, recentActionsOf } from '../dashboard/recent-actions.ts';
import { type ThumbnailWork, thumbnailWorkOf } from '../dashboard/thumbnail-work.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/** What the start page shows; absent what the person may not see. */
export interface Dashboard extends Figures {
  failed?: FailedImage[];
  work?: ThumbnailWork;
  /** What they did themselves, and everything for who may see the log. */
  recent: { own: RecentAction[]; all?: RecentAction[] };
  /** What they may do: links and buttons for it are shown. */
  may: Permission[];
}

const offered = ['users.add', 'tiers.add', 'images.add', 'groups.add', 'images.reprocess'] as const;

/** Reads the start page for one person. */
export function dashboardOf(deps: PanelDeps) {
  const readFigures = figuresOf(deps);
  const readFailed = failedImagesOf(deps);
  const readWork = thumbnailWorkOf(deps);
  const readRecent = recentActionsOf(deps);

  return async (user: PanelUser): Promise<Dashboard> => {
    const { actor, language, say } = user;
    const seesImages = can(actor, 'images.view');
    const [figures, failed, work, recent] = await Promise.all([
      readFigures(actor),
      seesImages ? readFailed(language) : undefined,
      seesImages ? readWork(user) : undefined,
      readRecent(actor, say),
    ]);
    return { ...figures, failed, work, recent, may: offered.filter((permission) => can(actor, permission)) };
  };
}
