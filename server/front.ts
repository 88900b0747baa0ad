import type { FirstAdmin } from './accounts/first-admin.ts';
import type { Secrets } from './embedded/secrets.ts';

/** What people reach of a server, in one process or in several: its port is open, and `/healthz` answers. */
export interface Front {
  /** Begins to answer everything else. Gives the admin account that was just made, when its password was made up. */
  serve(input: { databaseUrl: string; secrets: Secrets }): Promise<FirstAdmin | null>;
}
