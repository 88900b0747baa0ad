import type { Express } from 'express';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Secrets } from './embedded/secrets.ts';

export interface ContainerDeps {
  config: Config;
  secrets: Secrets;
  /** Of the database in use, embedded or not; migrated already. */
  databaseUrl: string;
  logger: Logger;
  /** Aborted when the server begins to stop: streams of events end, so that they hold nobody up. */
  stopping: AbortSignal;
}

export interface Container {
  /** The whole service as one request handler. */
  app: Express;
  /** Tiers and the admin account, when there are none. What it made up is for the console, once. */
  firstStart(): Promise<{ username: string; password: string } | null>;
  /** Starts what works in the background: function, sweep, jobs, events. */
  start(): Promise<void>;
  /** Ends it, finishing what runs; then closes the database pool. */
  close(): Promise<void>;
}

export declare function createContainer(deps: ContainerDeps): Promise<Container>;
