import { QueryTypes, type Sequelize } from 'sequelize';
import { validate as isUuid } from 'uuid';

/** The one image of an account that an id names, else the one of exactly that name; null when there is none. */
export async function findOwnImage(
  sequelize: Sequelize,
  ownerId: string,
  idOrName: string,
): Promise<{ id: string; name: string } | null> {
  // No name has a NUL, and PostgreSQL takes none.
  if (idOrName.includes('\0')) return null;
  const [image] = await sequelize.query<{ id: string; name: string }>(
    `SELECT id, name FROM images
     WHERE owner_id = $1 AND state = 'stored' AND (id = $2::uuid OR name = $3)
     ORDER BY (id = $2::uuid) DESC NULLS LAST LIMIT 1`,
    {
      type: QueryTypes.SELECT,
      bind: [ownerId, isUuid(idOrName) ? idOrName : null, idOrName.normalize('NFC')],
    },
  );
  return image ?? null;
}
