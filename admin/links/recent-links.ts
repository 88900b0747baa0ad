import { QueryTypes, type Sequelize } from 'sequelize';
import { conditionOf, type conditionWords } from './link-condition.ts';

/** A link as a section of a page tells of it: never what opens it. */
export interface RecentLink {
  id: string;
  imageName: string;
  condition: keyof typeof conditionWords;
  /** Pixels; null for the original. */
  height: number | null;
  expiresAt: string;
  uses: number;
  maxUses: number | null;
}

export interface RecentLinks {
  links: RecentLink[];
  /** How many there are in all. */
  total: number;
}

const mostLinks = 10;

/** The newest links to an image, or of an owner. */
export async function recentLinks(sequelize: Sequelize, by: 'image_id' | 'owner_id', id: string): Promise<RecentLinks> {
  const rows = await sequelize.query<RecentLink & { total: number }>(
    `SELECT l.id, i.name AS "imageName", ${conditionOf('l')} AS condition, l.height, l.expires_at AS "expiresAt", l.uses,
       l.max_uses AS "maxUses", count(*) OVER () AS total
     FROM expiring_links l JOIN images i ON i.id = l.image_id WHERE l.${by} = $1
     ORDER BY l.created_at DESC, l.id DESC LIMIT ${mostLinks}`,
    { bind: [id], type: QueryTypes.SELECT },
  );
  return { links: rows.map(({ total: _, ...link }) => link), total: rows[0]?.total ?? 0 };
}
