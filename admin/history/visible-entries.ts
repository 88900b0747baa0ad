import { Op, type WhereOptions } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { can, permissions } from '../../server/kernel/permissions.ts';

/**
 * The entries of the log that somebody may read: those about records of a kind that they may see, and what they did
 * themselves. An entry has names and changes of its record, which are not to be read here by who may not read them there.
 * A superuser reads all.
 */
export function visibleEntries(actor: Actor | null): WhereOptions {
  if (actor?.isSuperuser) return {};
  const views = permissions.filter(({ permission }) => permission.endsWith('.view') && can(actor, permission));
  const seen = { resource: views.map(({ resource }) => resource) };
  return actor ? { [Op.or]: [seen, { actorId: actor.accountId }] } : seen;
}
