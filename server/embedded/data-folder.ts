import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { StartupError } from '../process/startup-error.ts';

/** What lies where in DATA_DIR. */
export function postgresDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return join(config.dataDirectory, 'postgres');
}

export function secretsDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return join(config.dataDirectory, 'secrets');
}

export function objectsDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return join(config.dataDirectory, 'objects');
}

/** Whether something is kept in the data folder that only one server at a time may use. */
export function isEmbedded(config: Pick<Config, 'databaseUrl' | 's3'>): boolean {
  return config.databaseUrl === null || config.s3 === null;
}

/** Makes DATA_DIR, mode 700, if it is not there. A StartupError when it cannot be used. */
export async function makeDataFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartupError(
      `The data folder ${directory} cannot be used (${(error as NodeJS.ErrnoException).code}). Make it writable for this user, or set DATA_DIR to another folder.`,
    );
  }
}
