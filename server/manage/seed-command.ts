import type { Seed } from '../maintenance/seed/seed.ts';
import type { Models } from '../models.ts';
import { StartupError } from '../process/startup-error.ts';
import type { ProgressBar } from './progress-bar.ts';

export interface SeedCommandOptions {
  /** Whole numbers, as they were typed. */
  users?: string;
  images?: string;
  /** Beside what is there. */
  add?: boolean;
}

export interface SeedCommandDeps {
  models: Models;
  seed: Seed;
  bar: ProgressBar;
  signal: AbortSignal;
}

const most = 10_000_000;

/** Makes rows up to try an installation with; a StartupError where there are images already, unless they may be added. */
export async function runSeed(
  { models, seed, bar, signal }: SeedCommandDeps,
  options: SeedCommandOptions,
): Promise<string> {
  const users = wholeNumber('--users', options.users);
  const images = wholeNumber('--images', options.images);
  const imagesThere = await models.Image.count();
  if (imagesThere > 0 && !options.add) {
    throw new StartupError(
      `This installation has ${imagesThere} images already. Seed an empty one (DATA_DIR=/some/other/folder), or put made-up images beside them with --add.`,
    );
  }
  // The log cannot be taken back, so the log of an installation in use stays true.
  const logEntries = options.add ? 0 : users + Math.round(images / 10);
  await seed({
    users,
    images,
    logEntries,
    signal,
    onProgress: (what, done, total) => bar.show(`Making ${what}`, done, total),
  });
  bar.clear();
  return `Made ${users} users, ${images} images and ${logEntries} entries of the log up. No originals: thumbnails cannot be made again, and "check" reports them.`;
}

function wholeNumber(name: string, text = ''): number {
  const number = /^\d{1,8}$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new StartupError(`${name} takes a whole number from 0 to ${most}.`);
}
