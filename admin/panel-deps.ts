import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import type { Sequelize } from 'sequelize';
import type { CreateGroupInput, UpdateGroupInput } from '../core/contracts/group.ts';
import type { Image } from '../core/contracts/image.ts';
import type { Link } from '../core/contracts/link.ts';
import type { CreateTierInput, UpdateTierInput } from '../core/contracts/tier.ts';
import type { CreateUserInput, UpdateUserInput } from '../core/contracts/user.ts';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { ImportAccounts } from '../server/accounts/import-accounts.ts';
import type { PhotoPosition, ReadPhoto } from '../server/images/exif/photo-facts.ts';
import type { UploadFor } from '../server/images/receive-upload-for.ts';
import type { Actor, Origin } from '../server/kernel/actor.ts';
import type { Models } from '../server/models.ts';
import type { WorkHealth } from './dashboard/thumbnail-work.ts';
import type { Credentials } from './login/login-router.ts';
import type { PasswordRouterDeps } from './password/password-router.ts';

interface Identified {
  id: string;
}

/**
 * Everything that the panel changes, it changes through these. Each asks for the actor's right itself, checks its input,
 * and writes to the log; AppErrors with `errors` are shown at the fields.
 */
export interface PanelUseCases {
  createAccount(actor: Actor, input: CreateUserInput, origin: Origin): Promise<Identified>;
  /** The users of a CSV file, row by row. */
  importAccounts: ImportAccounts;
  updateAccount(actor: Actor, accountId: string, input: UpdateUserInput, origin: Origin): Promise<unknown>;
  setPassword(actor: Actor, accountId: string, password: string | null, origin: Origin): Promise<unknown>;
  /** What sets the password once, for who gets it; shown to the maker alone, and kept nowhere. */
  makePasswordLink(actor: Actor, accountId: string, origin: Origin): Promise<{ url: string; expiresAt: Date }>;
  /** `invalid_request` at `current`, `weak_password` at `new`, `rate_limited`. */
  changeOwnPassword(actor: Actor, given: { current: string; new: string }, origin: Origin): Promise<unknown>;
  /** All sessions and tokens of an account; one's own, or anybody's with `users.change`. */
  endSessions(actor: Actor, accountId: string, origin: Origin): Promise<unknown>;
  deleteAccount(actor: Actor, accountId: string, origin: Origin): Promise<unknown>;
  createTier(actor: Actor, input: CreateTierInput, origin: Origin): Promise<Identified>;
  updateTier(actor: Actor, tierId: string, input: UpdateTierInput, origin: Origin): Promise<unknown>;
  moveAccounts(actor: Actor, fromTierId: string, toTierId: string, origin: Origin): Promise<{ moved: number }>;
  deleteTier(actor: Actor, tierId: string, origin: Origin): Promise<unknown>;
  createGroup(actor: Actor, input: CreateGroupInput, origin: Origin): Promise<Identified>;
  updateGroup(actor: Actor, groupId: string, input: UpdateGroupInput, origin: Origin): Promise<unknown>;
  deleteGroup(actor: Actor, groupId: string, origin: Origin): Promise<unknown>;
  renameImage(
    actor: Actor,
    input: { imageId: string; name: string; version: number | undefined; origin: Origin; asStaff: true },
  ): Promise<unknown>;
  deleteImage(actor: Actor, imageId: string, origin: Origin): Promise<unknown>;
  retryImage(actor: Actor, imageId: string, origin: Origin): Promise<unknown>;
  readPhoto(actor: Actor, imageId: string): Promise<ReadPhoto>;
  /** Writes to the log that somebody looked. */
  viewPosition(actor: Actor, imageId: string, origin: Origin): Promise<PhotoPosition | null>;
  /** Streams the body of the request; refuses before a byte of it is read. */
  receiveUploadFor(req: Request, res: Response, actor: Actor, upload: UploadFor): Promise<Image>;
  createLinkForOwner(actor: Actor, imageId: string, wish: Record<string, unknown>, origin: Origin): Promise<Link>;
  /** The address that opens it; the log keeps who asked. */
  showLink(actor: Actor, linkId: string, origin: Origin): Promise<{ url: string }>;
  revokeLink(actor: Actor, linkId: string, origin: Origin, options: { asStaff: true }): Promise<unknown>;
}

export interface PanelDeps {
  sequelize: Sequelize;
  models: Models;
  store: Pick<ObjectStore, 'presignGet'>;
  useCases: PanelUseCases;
  /** Null when the account is unknown or inactive. */
  loadActor(accountId: string): Promise<Actor | null>;
  /** Throws `invalid_credentials` and `rate_limited`. */
  authenticatePassword(credentials: Credentials): Promise<{ id: string; tokenGeneration: number }>;
  passwordLink: PasswordRouterDeps['passwordLink'];
  /** Of this process, for the start page. */
  health: WorkHealth;
  /** The first signs the session cookie; the others are still accepted. */
  sessionSecrets: readonly string[];
  publicUrl: string;
  logger: Logger;
  /** Counts a request of somebody who is logged in; throws `rate_limited`. */
  limitRate?(req: Request, res: Response, actor: Actor): Promise<void>;
  /** Where `buildPanel` of tools/build-panel.mjs has written. */
  assetsDirectory: string;
  now?: () => Date;
}
