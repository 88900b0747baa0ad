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

/** `publicUrl` has no slash at its end. */
export interface LinkAddressDeps {
  publicUrl: string;
  tokens: Pick<LinkTokens, 'tokenOf'>;
}

export function linkUrl({ publicUrl, tokens }: LinkAddressDeps, linkId: string): string {
  return `${publicUrl}/e/${tokens.tokenOf(linkId)}`;
}

/** What an owner sees of a link. */
export function linkPresenter(deps: LinkAddressDeps): (row: LinkRow) => Link {
  return (row) => ({
    id: row.id,
    url: linkUrl(deps, row.id),
    image: row.imageId,
    imageName: row.imageName,
    expireTime: row.expireTimeSeconds,
    expiresAt: row.expiresAt.toISOString(),
    maxUses: row.maxUses,
    uses: row.uses,
    createdAt: row.createdAt.toISOString(),
  });
}
