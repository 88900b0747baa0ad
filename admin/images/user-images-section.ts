import { QueryTypes } from 'sequelize';
import { can } from '../../server/accounts/permissions.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { signedUrl } from '../signed-urls.ts';

export interface UserImages {
  images: { id: string; name: string; status: 'processing' | 'ready' | 'failed'; previewUrl: string | null }[];
  /** How many there are in all. */
  total: number;
  canUpload: boolean;
}

interface ImageRow {
  id: string;
  name: string;
  status: UserImages['images'][number]['status'];
  thumbnailKey: string | null;
}

const mostImages = 12;

/** On a user's page: the newest images, and the way to upload more for the user. */
export function userImagesSection({ sequelize, store, now = () => new Date() }: PanelDeps) {
  return sectionAction({ permission: 'images.view', component: 'UserImages' }, async (record, { actor }) => {
    const bind = [record.id()];
    const [rows, [counted]] = await Promise.all([
      sequelize.query<ImageRow>(imagesQuery, { bind, type: QueryTypes.SELECT }),
      sequelize.query<{ total: number; isActive: boolean }>(countQuery, { bind, type: QueryTypes.SELECT }),
    ]);
    const at = now();
    const images = rows.map(({ thumbnailKey, ...image }) => ({
      ...image,
      previewUrl: thumbnailKey === null ? null : signedUrl(store, 'thumbnails', thumbnailKey, at),
    }));
    const canUpload = can(actor, 'images.add') && counted?.isActive === true;
    return { images, total: counted?.total ?? 0, canUpload } satisfies UserImages;
  });
}

const imagesQuery = `
  SELECT i.id, i.name, i.status, (SELECT t.object_key FROM thumbnails t WHERE t.image_id = i.id
    ORDER BY t.tier_height LIMIT 1) AS "thumbnailKey"
  FROM images i WHERE i.owner_id = $1 AND i.state = 'stored' ORDER BY i.created_at DESC, i.id DESC LIMIT ${mostImages}`;

const countQuery = `
  SELECT a.is_active AS "isActive",
    (SELECT count(*) FROM images i WHERE i.owner_id = a.id AND i.state = 'stored') AS total
  FROM accounts a WHERE a.id = $1`;
