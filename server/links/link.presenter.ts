import type { Link } from '../../core/contracts/link.ts';
import type { LinkRow } from './link-table.ts';
import type { LinkTokens } from './link-token.ts';

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
