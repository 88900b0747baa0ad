import { QueryTypes } from 'sequelize';
import type { Actor } from '../../server/accounts/actor.ts';
import { can, type Permission, permissions } from '../../server/accounts/permissions.ts';
import { actionInWords, whoInWords } from '../history/audit-words.ts';
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

/** What happened last: everything for who may see the log, and what somebody did themselves for everybody. */
export function recentActionsOf({ sequelize }: Pick<PanelDeps, 'sequelize'>) {
  const read = (where: string, bind: unknown[] = []) =>
    sequelize.query<Entry>(
      `SELECT id, at, actor_name AS "actorName", action, resource, record_id AS "recordId",
         record_title AS "recordTitle", ${isThereSql} AS "isThere"
       FROM audit_entries WHERE ${where} ORDER BY at DESC, id DESC LIMIT ${most}`,
      { type: QueryTypes.SELECT, bind },
    );
  return async (actor: Actor, say: Say): Promise<{ own: RecentAction[]; all?: RecentAction[] }> => {
    const told = (entries: Entry[]) => entries.map((entry) => inWords(entry, actor, say));
    const [own, all] = await Promise.all([
      read("actor_id = $1 AND action NOT IN ('login', 'revoke_token')", [actor.accountId]),
      can(actor, 'log.view') ? read('true') : undefined,
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
