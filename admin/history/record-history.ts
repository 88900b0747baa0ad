import { Op } from 'sequelize';
import { can, type Resource } from '../../server/kernel/permissions.ts';
import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { actionInWords, type ChangeInText, changesInWords, whoInWords } from './audit-words.ts';
import { visibleEntries } from './visible-entries.ts';

/** What the log knows of one record, the newest first. */
export interface RecordHistory {
  entries: { id: string; at: string; who: string; what: string; changes: ChangeInText[] }[];
  /** There are older ones than these. */
  hasMore: boolean;
  /** Who asks may read all of it there. */
  mayReadLog: boolean;
}

const mostEntries = 25;

/** The section of a record's page that tells who did what to it, for everybody who may see the record. */
export function historySection(resource: Exclude<Resource, 'log'>, { models }: Pick<PanelDeps, 'models'>) {
  return sectionAction(
    { permission: `${resource}.view`, component: 'RecordHistory' },
    async (record, { actor, say }) => {
      const found = await models.AuditEntry.findAll({
        attributes: ['id', 'at', 'actorName', 'action', 'changes'],
        where: { [Op.and]: [visibleEntries(actor), { resource, recordId: record.id() }] },
        order: [
          ['at', 'DESC'],
          ['id', 'DESC'],
        ],
        limit: mostEntries + 1,
      });
      const entries = found.slice(0, mostEntries).map(({ id, at, actorName, action, changes }) => ({
        id,
        at: at.toISOString(),
        who: whoInWords(actorName, action, say),
        what: actionInWords(action, say),
        changes: changesInWords(changes, say),
      }));
      const hasMore = found.length > mostEntries;
      return { entries, hasMore, mayReadLog: can(actor, 'log.view') } satisfies RecordHistory;
    },
  );
}
