import type { Link } from '../../core/contracts/link.ts';
import type { LinkTokens } from './link-token.ts';

/** A link with its image's name, as the queries of this room give it. */
export interface LinkRow {
  id: string;
  imageId: string;
  imageName: string;
  expireTimeSeconds: number;
  expiresAt: Date;
  maxUses: number | null;
  uses: number;
  createdAt: Date;
}

/** What an owner sees of a link. `publicUrl` has no slash at its end. */
export function linkPresenter(deps: { publicUrl: string; tokens: LinkTokens }): (row: LinkRow) => Link {
  return (row) => ({
    id: row.id,
    url: `${deps.publicUrl}/e/${deps.tokens.tokenOf(row.id)}`,
    image: row.imageId,
    imageName: row.imageName,
    expireTime: row.expireTimeSeconds,
    expiresAt: row.expiresAt.toISOString(),
    maxUses: row.maxUses,
    uses: row.uses,
    createdAt: row.createdAt.toISOString(),
  });
}
