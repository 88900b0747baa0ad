import { sectionAction } from '../actions/section-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { actionInWords, type ChangeInText, changesInWords } from './audit-words.ts';

/** What the log knows of one record, the newest first. */
export interface RecordHistory {
  entries: { id: string; at: string; who: string; what: string; changes: ChangeInText[] }[];
  /** There are older ones than these. */
  hasMore: boolean;
}

const mostEntries = 25;
const withHistory = ['users', 'tiers', 'images', 'links', 'groups'] as const;
type WithHistory = (typeof withHistory)[number];

/** The section of a record's page that tells who did what to it, for everybody who may see the record. */
export function historySection(resource: WithHistory, { models }: Pick<PanelDeps, 'models'>) {
  return sectionAction({ permission: `${resource}.view`, component: 'RecordHistory' }, async (record) => {
    const found = await models.AuditEntry.findAll({
      attributes: ['id', 'at', 'actorName', 'action', 'changes'],
      where: { resource, recordId: record.id() },
      order: [
        ['at', 'DESC'],
        ['id', 'DESC'],
      ],
      limit: mostEntries + 1,
    });
    const entries = found.slice(0, mostEntries).map(({ id, at, actorName, action, changes }) => ({
      id,
      at: at.toISOString(),
      who: actorName || (action === 'login_failed' ? 'Somebody' : 'Darkroom'),
      what: actionInWords(action),
      changes: changesInWords(changes),
    }));
    return { entries, hasMore: found.length > mostEntries } satisfies RecordHistory;
  });
}

interface Registered {
  options: { id?: string; actions?: object };
}

/** Gives a resource its history, where its records have one. */
export function addHistory<R extends Registered>(registered: R, deps: Pick<PanelDeps, 'models'>): R {
  const { options } = registered;
  const resource = withHistory.find((name) => name === options.id);
  if (!resource) return registered;
  return {
    ...registered,
    options: { ...options, actions: { ...options.actions, history: historySection(resource, deps) } },
  };
}
