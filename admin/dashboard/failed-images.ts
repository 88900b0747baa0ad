import { QueryTypes } from 'sequelize';
import { sayProblem } from '../locale/say-problem.ts';
import type { PanelDeps } from '../panel-deps.ts';

/** An image that no thumbnails can be made of, as the start page shows it. */
export interface FailedImage {
  id: string;
  name: string;
  owner: string;
  why: string;
  at: string;
}

const most = 5;

/** The newest of them, as they are this moment. */
export function failedImagesOf({ sequelize }: Pick<PanelDeps, 'sequelize'>) {
  return async (language: string): Promise<FailedImage[]> => {
    const images = await sequelize.query<FailedImage>(
      `SELECT i.id, i.name, a.username::text AS owner, i.failure_message AS why, i.created_at AS at
       FROM images i JOIN accounts a ON a.id = i.owner_id
       WHERE i.state = 'stored' AND i.status = 'failed' ORDER BY i.created_at DESC LIMIT ${most}`,
      { type: QueryTypes.SELECT },
    );
    return images.map((image) => ({ ...image, why: sayProblem(language, image.why) }));
  };
}
