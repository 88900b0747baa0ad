import type { Logger } from 'pino';
import type { ObjectStore } from '../core/storage/object-store.ts';
import { authenticatePasswordOf } from './accounts/authenticate-password.ts';
import { changeOwnPasswordOf } from './accounts/change-own-password.ts';
import { createAccountOf } from './accounts/create-account.ts';
import { createGroupOf } from './accounts/create-group.ts';
import { deleteAccountOf } from './accounts/delete-account.ts';
import { deleteGroupOf } from './accounts/delete-group.ts';
import { endSessionsOf } from './accounts/end-access.ts';
import { getAccountOf } from './accounts/get-account.ts';
import { getMeOf } from './accounts/get-me.ts';
import { importAccountsOf } from './accounts/import-accounts.ts';
import { listAccountsOf } from './accounts/list-accounts.ts';
import { loadActorOf } from './accounts/load-actor.ts';
import { createLoginThrottle } from './accounts/login-throttle.ts';
import { makePasswordLinkOf } from './accounts/make-password-link.ts';
import { openPasswordLinkOf } from './accounts/open-password-link.ts';
import { createPasswordLinkTokens } from './accounts/password-link-token.ts';
import { createPasswords } from './accounts/passwords.ts';
import { setPasswordOf } from './accounts/set-password.ts';
import { createTokens } from './accounts/tokens.ts';
import { updateAccountOf } from './accounts/update-account.ts';
import { updateGroupOf } from './accounts/update-group.ts';
import { recordAuditOf } from './audit/record-audit.ts';
import type { Config } from './config.ts';
import type { Secrets } from './embedded/secrets.ts';
import { deleteImageOf } from './images/delete-image.ts';
import { getImageOf } from './images/get-image.ts';
import { createImagePresenter } from './images/image.presenter.ts';
import { listImagesOf, listTagOf, streamImagesOf } from './images/list-images.ts';
import { readPhotoOf, viewPositionOf } from './images/read-photo.ts';
import { renameImageOf } from './images/rename-image.ts';
import { retryImageOf } from './images/retry-image.ts';
import { createSignedUrls } from './images/signed-urls.ts';
import { leaveTombstonesForOwner } from './images/tombstone-table.ts';
import { type UploadImageDeps, uploadImageOf } from './images/upload-image.ts';
import { type WatchSettlingDeps, watchSettlingOf } from './images/watch-settling.ts';
import type { EnqueueJob } from './jobs/enqueue-job.ts';
import { createLinkOf } from './links/create-link.ts';
import { createLinkForOwnerOf } from './links/create-link-for-owner.ts';
import { linkPresenter } from './links/link.presenter.ts';
import { createLinkTokens } from './links/link-token.ts';
import { createLinkUses } from './links/link-uses.ts';
import { listLinksOf } from './links/list-links.ts';
import { openLinkOf } from './links/open-link.ts';
import { revokeLinkOf } from './links/revoke-link.ts';
import { showLinkOf } from './links/show-link.ts';
import type { Database } from './models.ts';
import type { RequestThumbnails } from './thumbnailing/request-thumbnails.ts';
import { createTierOf } from './tiers/create-tier.ts';
import { deleteTierOf } from './tiers/delete-tier.ts';
import { getTierOf, listTiersOf } from './tiers/list-tiers.ts';
import { moveAccountsOf } from './tiers/move-accounts.ts';
import { updateTierOf } from './tiers/update-tier.ts';

export interface UseCasesDeps {
  config: Config;
  secrets: Secrets;
  database: Database;
  store: ObjectStore;
  logger: Logger;
  enqueueJob: EnqueueJob;
  requestThumbnails: RequestThumbnails;
  announceOriginal: UploadImageDeps['announceOriginal'];
  wakeForTombstones: () => void;
  imageEvents: WatchSettlingDeps['events'];
}

/** From this size on, S3 itself sends what is behind an expiring link; the disk store is this server anyway. */
const redirectFromBytes = 1024 * 1024;

export type UseCases = ReturnType<typeof createUseCases>;

/** Everything that somebody can do, each bound to what it needs. REST, tRPC and the panel call these alone. */
export function createUseCases(deps: UseCasesDeps) {
  const { config, secrets, database, store, logger, enqueueJob, requestThumbnails } = deps;
  const { sequelize, models } = database;
  const recordAudit = recordAuditOf(models);
  const base = { ...database, recordAudit };
  return {
    recordAudit,
    accounts: accountUseCases(),
    groups: { create: createGroupOf(base), update: updateGroupOf(base), delete: deleteGroupOf(base) },
    tiers: {
      list: listTiersOf(database),
      get: getTierOf(database),
      create: createTierOf(base),
      update: updateTierOf({ ...base, enqueueJob }),
      delete: deleteTierOf({ ...base, enqueueJob }),
      moveAccounts: moveAccountsOf({ ...base, enqueueJob }),
    },
    images: imageUseCases(),
    links: linkUseCases(),
  };

  function accountUseCases() {
    const passwords = createPasswords();
    const throttle = createLoginThrottle({ sequelize });
    const passwordLinks = createPasswordLinkTokens(secrets.session);
    const loadActor = loadActorOf(database);
    const create = createAccountOf({ ...base, passwords });
    const makePasswordLink = makePasswordLinkOf({ ...base, passwordLinks, publicUrl: config.publicUrl });
    return {
      passwords,
      authenticatePassword: authenticatePasswordOf({ ...base, passwords, throttle }),
      tokens: createTokens({
        ...database,
        keys: currentAndPrevious(secrets.jwt),
        accessMinutes: config.accessTokenMinutes,
        refreshDays: config.refreshTokenDays,
        refreshGraceSeconds: config.refreshGraceSeconds,
        issuer: config.publicUrl,
        recordAudit,
      }),
      loadActor,
      getMe: getMeOf(database),
      list: listAccountsOf(database),
      get: getAccountOf(database),
      create,
      importFile: importAccountsOf({ ...base, createAccount: create, makePasswordLink }),
      update: updateAccountOf({ ...base, enqueueJob }),
      delete: deleteAccountOf({ ...base, leaveTombstonesForOwner, wakeSweep: deps.wakeForTombstones }),
      setPassword: setPasswordOf({ ...base, passwords }),
      endSessions: endSessionsOf(base),
      makePasswordLink,
      passwordLink: openPasswordLinkOf({ ...base, passwordLinks, passwords, throttle, loadActor }),
      changeOwnPassword: changeOwnPasswordOf({ ...base, passwords, throttle }),
    };
  }

  function imageUseCases() {
    const signedUrls = createSignedUrls(store);
    const presentImage = createImagePresenter({ signedUrls });
    return {
      upload: uploadImageOf({
        ...database,
        store,
        presentImage,
        logger,
        maxPixels: config.maxPixels,
        announceOriginal: deps.announceOriginal,
      }),
      watchSettling: watchSettlingOf({ sequelize, events: deps.imageEvents }),
      get: getImageOf({ sequelize, presentImage }),
      list: listImagesOf({ sequelize, presentImage }),
      stream: streamImagesOf({ sequelize, presentImage }),
      listTag: listTagOf({ signedUrls }),
      rename: renameImageOf({ ...base, presentImage }),
      delete: deleteImageOf({ ...base, store, logger }),
      retry: retryImageOf({ ...base, requestThumbnails }),
      readPhoto: readPhotoOf({ sequelize, store }),
      viewPosition: viewPositionOf({ sequelize, store, recordAudit }),
    };
  }

  function linkUseCases() {
    const tokens = createLinkTokens(currentAndPrevious(secrets.link));
    const present = linkPresenter({ publicUrl: config.publicUrl, tokens });
    const uses = createLinkUses({ sequelize, logger });
    const createLink = createLinkOf({ sequelize, present });
    return {
      create: createLink,
      createForOwner: createLinkForOwnerOf({ ...base, loadActor: loadActorOf(database), createLink }),
      uses,
      list: listLinksOf({ sequelize, present, uses }),
      revoke: revokeLinkOf({ sequelize, recordAudit }),
      show: showLinkOf({ sequelize, recordAudit, publicUrl: config.publicUrl, tokens }),
      open: openLinkOf({ sequelize, store, tokens, uses, redirectFromBytes: config.s3 ? redirectFromBytes : null }),
    };
  }
}

function currentAndPrevious({ current, previous }: { current: string; previous: string | null }) {
  return previous === null ? { current } : { current, previous };
}
