import { QueryTypes } from 'sequelize';
import { can } from '../../server/kernel/permissions.ts';
import type { FormValues } from '../actions/form-values.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { type RecentLinks, recentLinks } from './recent-links.ts';

/** What a new link may be, by the owner's tier. */
export interface LinkBounds {
  tierName: string;
  isActive: boolean;
  isAllowed: boolean;
  minSeconds: number;
  maxSeconds: number;
  /** Of the tier, and made. */
  heights: number[];
}

export interface ImageLinks extends RecentLinks {
  /** For who may make links: it tells of the owner and their tier. */
  bounds?: LinkBounds;
  canRevoke: boolean;
}

/** On an image's page: the links that were made for it, and a form for another. Its URL is in that one answer alone. */
export function imageLinksSection({ sequelize, useCases }: PanelDeps) {
  return sectionAction(
    { permission: 'links.view', component: 'ImageLinks' },
    async (record, { actor }) => {
      const [found, [bounds]] = await Promise.all([
        recentLinks(sequelize, 'image_id', record.id()),
        can(actor, 'links.add')
          ? sequelize.query<LinkBounds>(boundsQuery, { bind: [record.id()], type: QueryTypes.SELECT })
          : [],
      ]);
      return { ...found, ...(bounds && { bounds }), canRevoke: can(actor, 'links.delete') } satisfies ImageLinks;
    },
    async (record, form, { actor, origin, say }) => {
      const link = await useCases.createLinkForOwner(actor, record.id(), wishOf(form), origin);
      return {
        message: say('The link is made. Copy it now: it is not shown again.'),
        section: { url: link.url, expiresAt: link.expiresAt },
      };
    },
  );
}

/** Empty fields are not said: there is no limit then, and it is the original. */
function wishOf(form: FormValues): Record<string, unknown> {
  const given = ['expire_time', 'max_uses', 'height'].map((name) => [name, form.raw(name)] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== '' && value !== null && value !== undefined));
}

const boundsQuery = `
  SELECT t.name AS "tierName", a.is_active AS "isActive", t.expiring_link AS "isAllowed",
    t.expiring_link_min_seconds AS "minSeconds", t.expiring_link_max_seconds AS "maxSeconds",
    ARRAY(SELECT DISTINCT tier_height FROM thumbnails
      WHERE image_id = i.id AND tier_height = ANY (t.thumbnail_heights) ORDER BY 1) AS heights
  FROM images i JOIN accounts a ON a.id = i.owner_id JOIN tiers t ON t.id = a.tier_id WHERE i.id = $1`;
