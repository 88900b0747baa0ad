import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { v7 as uuidV7 } from 'uuid';
import {
  earlierResultKey,
  earlierThumbnailKey,
  originalKey,
  resultKey,
  thumbnailKey,
} from '../../core/storage/object-key.ts';
import { createRecipe, type Recipe } from '../../core/thumbnails/recipe.ts';
import type { ImageWarning, ThumbnailResult } from '../../core/thumbnails/thumbnail-result.ts';
import type { AccountModel } from '../../server/accounts/account.model.ts';
import { createSequelize } from '../../server/db/sequelize.ts';
import type { ImageModel } from '../../server/images/image.model.ts';
import { createModels, type Models } from '../../server/models.ts';
import { applyResultOf } from '../../server/thumbnailing/apply-result.ts';
import type { FunctionHealth, FunctionInvoker, InvocationRequest } from '../../server/thumbnailing/function-invoker.ts';
import type { TierModel } from '../../server/tiers/tier.model.ts';
import { createTestDatabase } from './create-test-database.ts';
import { createMemoryObjectStore } from './memory-object-store.ts';

export const silent = pino({ level: 'silent' });

/** An invoker that notes what it is asked for, and does nothing else unless a test says so. */
export interface NotedInvoker extends FunctionInvoker {
  asked: InvocationRequest[];
  state: FunctionHealth;
  answer: (request: InvocationRequest) => Promise<void>;
}

export function createNotedInvoker(): NotedInvoker {
  const invoker: NotedInvoker = {
    asked: [],
    state: { status: 'ok', queued: 0 },
    answer: async () => {},
    invoke: async (request) => {
      invoker.asked.push(request);
      await invoker.answer(request);
    },
    health: () => invoker.state,
    close: async () => {},
  };
  return invoker;
}

/** A database, a store and a function for tests of what happens to images after their upload. */
export async function createThumbnailingWorld() {
  const database = await createTestDatabase();
  const sequelize = createSequelize({ url: database.url, poolSize: 8 });
  const models = createModels(sequelize);
  const store = createMemoryObjectStore();
  const invoker = createNotedInvoker();
  const retried: string[] = [];
  const retryFailed = async (imageIds: readonly string[]) => void retried.push(...imageIds);
  const deps = { sequelize, models, store, invoker, retryFailed, logger: silent };
  return {
    ...deps,
    /** Ids that were handed to `retryFailed`. */
    retried,
    database,
    applyResult: applyResultOf(deps),
    ...builders(models, store),
    close: async () => {
      await sequelize.close();
      await database.drop();
    },
  };
}

export type ThumbnailingWorld = Awaited<ReturnType<typeof createThumbnailingWorld>>;

function builders(models: Models, store: ReturnType<typeof createMemoryObjectStore>) {
  let count = 0;
  const buildTier = (fields: Partial<TierModel['_creationAttributes']> = {}) => {
    count += 1;
    return models.Tier.create({ id: uuidV7(), name: `tier ${count}`, thumbnailHeights: [200], ...fields });
  };
  const buildAccount = (tier: TierModel, fields: Partial<AccountModel['_creationAttributes']> = {}) => {
    count += 1;
    return models.Account.create({ id: uuidV7(), username: `user${count}`, tierId: tier.id, ...fields });
  };
  /** A stored image with its original; its thumbnails are due in a minute, as after an upload. */
  const buildImage = async (owner: AccountModel, fields: Partial<ImageModel['_creationAttributes']> = {}) => {
    count += 1;
    const id = fields.id ?? uuidV7();
    const key = originalKey(id, randomBytes(16).toString('hex'));
    const image = await models.Image.create({
      id,
      ownerId: owner.id,
      name: `image-${count}.png`,
      state: 'stored',
      objectKey: key,
      contentType: 'image/png',
      bytes: 1000,
      width: 1200,
      height: 800,
      sha256: '0'.repeat(64),
      workDueAt: new Date(Date.now() + 60_000),
      ...fields,
    });
    await models.Account.increment('usedBytes', { by: 1000, where: { id: owner.id } });
    await store.put('originals', image.objectKey, Buffer.alloc(1000), { contentType: 'image/png' });
    return image;
  };
  /** What the function would write for this recipe, written. */
  const writeResult = async (objectKey: string, recipe: Recipe, more: ResultOptions = {}) => {
    const result = resultOf(objectKey, recipe, more);
    if (result.status === 'made') {
      for (const made of result.thumbnails) {
        await store.put('thumbnails', made.key, Buffer.alloc(made.bytes), { contentType: made.contentType });
      }
    }
    const key = (more.isEarlier ? earlierResultKey : resultKey)(objectKey, recipe);
    await store.put('thumbnails', key, Buffer.from(JSON.stringify(result)), { contentType: 'application/json' });
    return { resultKey: key };
  };
  return { buildTier, buildAccount, buildImage, writeResult, recipeOf: createRecipe };
}

export interface ResultOptions {
  madeAt?: Date;
  failure?: { code: 'undecodable' | 'too_many_pixels' | 'decoder_crashed'; message: string };
  placeholder?: string;
  warnings?: ImageWarning[];
  original?: { width: number; height: number };
  /** Bytes of a thumbnail; 10 a pixel of height without it. With the real function they depend on the whole recipe. */
  bytesOf?: (tierHeight: number, recipe: Recipe) => number;
  /** With the keys of earlier versions. */
  isEarlier?: boolean;
}

export function resultOf(objectKey: string, recipe: Recipe, options: ResultOptions = {}): ThumbnailResult {
  const {
    madeAt = new Date(),
    failure,
    placeholder = 'aGFzaA==',
    warnings = [],
    original = { width: 1200, height: 800 },
  } = options;
  const base = { version: 1 as const, originalKey: objectKey, recipe, madeAt: madeAt.toISOString() };
  if (failure) return { ...base, status: 'failed', failure };
  const contentType = recipe.format === 'same' ? 'image/png' : `image/${recipe.format}`;
  return {
    ...base,
    status: 'made',
    original,
    placeholder,
    warnings,
    thumbnails: recipe.heights.map((tierHeight) => ({
      tierHeight,
      width: Math.round(tierHeight * 1.5),
      height: tierHeight,
      bytes: options.bytesOf?.(tierHeight, recipe) ?? tierHeight * 10,
      contentType,
      key: (options.isEarlier ? earlierThumbnailKey : thumbnailKey)(objectKey, recipe, { tierHeight, contentType }),
    })),
  };
}
