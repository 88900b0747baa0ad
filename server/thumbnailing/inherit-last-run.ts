import type { Sequelize } from 'sequelize';

/**
 * For the only server of an installation, before anything else: whatever ran when the last process ended runs no more.
 * Its uploads count as dead and its requests to the function as lost at once, instead of when their time is up.
 */
export async function inheritLastRun(sequelize: Sequelize): Promise<void> {
  await sequelize.query('UPDATE images SET upload_lease_until = now() WHERE upload_lease_until > now()');
  await sequelize.query('UPDATE images SET work_due_at = now() WHERE work_due_at > now()');
}
