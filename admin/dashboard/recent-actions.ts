import { literal, Op, type WhereOptions } from 'sequelize';
import type { Actor } from '../../server/kernel/actor.ts';
import { can, type Permission, permissions } from '../../server/kernel/permissions.ts';
import { actionInWords, whoInWords } from '../history/audit-words.ts';
import { visibleEntries } from '../history/visible-entries.ts';
import type { Say } from '../locale/say-in.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { isThereSql } from '../resources/log.ts';

/** One entry of the log in words, with where it leads. */
export interface RecentAction {
  id: string;
  at: string;
  who: string;
  what: string;
  /** The record's name; empty when `who` says it. */
  title: string;
  /** Below `/admin/resources/`; null when there is nothing to see, or not for this person. */
  to: string | null;
}

interface Entry {
  id: string;
  at: string;
  actorName: string;
  action: string;
  resource: string;
  recordId: string;
  recordTitle: string;
  isThere: boolean;
}

const most = 8;
const columns = ['id', 'at', 'actorName', 'action', 'resource', 'recordId', 'recordTitle'];

/** What happened last: what somebody did themselves, and for who may see the log all that they may see there. */
export function recentActionsOf({ models }: Pick<PanelDeps, 'models'>) {
  const read = async (where: WhereOptions) => {
    const found = await models.AuditEntry.findAll({
      attributes: [...columns, [literal(isThereSql), 'isThere']],
      where,
      order: [
        ['at', 'DESC'],
        ['id', 'DESC'],
      ],
      limit: most,
      raw: true,
    });
    return found as unknown as Entry[];
  };
  return async (actor: Actor, say: Say): Promise<{ own: RecentAction[]; all?: RecentAction[] }> => {
    const told = (entries: Entry[]) => entries.map((entry) => inWords(entry, actor, say));
    const [own, all] = await Promise.all([
      read({ actorId: actor.accountId, action: { [Op.notIn]: ['login', 'revoke_token'] } }),
      can(actor, 'log.view') ? read(visibleEntries(actor)) : undefined,
    ]);
    return { own: told(own), ...(all && { all: told(all) }) };
  };
}

function inWords(entry: Entry, actor: Actor, say: Say): RecentAction {
  const { id, at, actorName, action, recordTitle } = entry;
  const who = whoInWords(actorName, action, say);
  const title = recordTitle === actorName ? '' : recordTitle;
  return { id, at, who, what: actionInWords(action, say), title, to: addressOf(entry, actor) };
}

function addressOf({ id, resource, recordId, isThere }: Entry, actor: Actor): string | null {
  if (can(actor, 'log.view')) return `log/records/${id}/show`;
  const view = permissions.find(({ permission }) => permission === `${resource}.view`)?.permission as Permission;
  return isThere && view && can(actor, view) ? `${resource}/records/${recordId}/show` : null;
}
