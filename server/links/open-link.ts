import type { Sequelize } from 'sequelize';
import { AppError } from '../../core/errors.ts';
import { inlineDisposition } from '../../core/storage/inline-disposition.ts';
import type { ByteRange, ObjectInfo, ObjectStore, StoredObject } from '../../core/storage/object-store.ts';
import { thumbnailName } from '../images/image-name.ts';
import { findLinkTarget, takeLinkUse } from './link-table.ts';
import type { LinkTokens } from './link-token.ts';
import type { LinkUses } from './link-uses.ts';

const maxRedirectSeconds = 60;

export interface OpenLinkDeps {
  sequelize: Sequelize;
  store: ObjectStore;
  tokens: LinkTokens;
  uses: Pick<LinkUses, 'count'>;
  /** Whoever asks for the whole of an object of that many bytes is sent to the store itself; null: never. */
  redirectFromBytes: number | null;
}

/** What is behind a link that is open. */
export interface OpenedLink {
  contentDisposition: string;
  /** Until the link ends. */
  remainingMs: number;
  /** It may be opened so many times and no more. */
  hasLimitedUses: boolean;
  /** What the object is, without taking a use; null when it is gone. */
  look(): Promise<ObjectInfo | null>;
  /** The store's own URL, which ends no later than the link; null when the bytes are to come from here. */
  redirect(): string | null;
  /** The bytes; null when they are gone. */
  read(options: { range?: ByteRange }): Promise<StoredObject | null>;
  /** Takes one of the link's uses; `link_ended` when there is none left. */
  takeUse(): Promise<void>;
}

/** A link that was looked at longer ago may have been revoked meanwhile: a slow store makes for a long wait. */
const freshMs = 250;

/**
 * Opens an expiring link for whoever has its token. `link_ended` when it ended, was used up or revoked, and while its
 * owner is inactive or the owner's tier lacks expiring links (or the height): those come back with the tier.
 * `not_found` for everything else.
 */
export function openLinkOf({ sequelize, store, tokens, uses, redirectFromBytes }: OpenLinkDeps) {
  return async function openLink(token: string): Promise<OpenedLink> {
    const linkId = tokens.linkIdOf(token);
    const target = linkId ? await findLinkTarget(sequelize, linkId) : null;
    if (!target?.objectKey) throw nothingBehind();
    if (!target.isOpen) throw target.isUsedUp ? usedUp() : ended();
    const { id, bucket, objectKey, contentType, imageName, height, maxUses, remainingMs } = target;
    const name = height === null ? imageName : thumbnailName(imageName, height, contentType);
    const contentDisposition = inlineDisposition(name);
    const foundAtMs = performance.now();

    return {
      contentDisposition,
      remainingMs,
      hasLimitedUses: maxUses !== null,
      look: () => store.head(bucket, objectKey),
      redirect() {
        const expiresInSeconds = Math.min(maxRedirectSeconds, Math.floor(remainingMs / 1000));
        const isSmall = redirectFromBytes === null || target.bytes < redirectFromBytes;
        if (isSmall || maxUses !== null || expiresInSeconds < 1) return null;
        return store.presignGet(bucket, objectKey, { signedAt: new Date(), expiresInSeconds, contentDisposition }).url;
      },
      read: (options) => store.get(bucket, objectKey, options),
      async takeUse() {
        if (maxUses === null && performance.now() - foundAtMs < freshMs) uses.count(id);
        else if (!(await takeLinkUse(sequelize, id))) throw maxUses === null ? ended() : usedUp();
      },
    };
  };
}

function ended(): AppError {
  return new AppError('link_ended', 'This link has expired or was revoked. Ask the sender for a new one.');
}

function usedUp(): AppError {
  return new AppError('link_ended', 'This link was opened as often as it could be. Ask the sender for a new one.');
}

/** The same for a token that is not ours and for an image that is gone. */
export function nothingBehind(): AppError {
  return new AppError('not_found', 'No image is available at this link. Check that you copied all of it.');
}
