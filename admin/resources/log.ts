import { QueryTypes } from 'sequelize';
import type { AuditChanges } from '../../server/audit/audit-entry.model.ts';
import type { Actor } from '../../server/kernel/actor.ts';
import { can, isPermission } from '../../server/kernel/permissions.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { readAction } from '../actions/panel-action.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { actionInWords, actionWords, changesInWords, whoInWords } from '../history/audit-words.ts';
import { visibleEntries } from '../history/visible-entries.ts';
import type { Say } from '../locale/say-in.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { addColumns } from './add-columns.ts';
import { defineResource } from './panel-resource-options.ts';

/** Who did what: to be read, and nothing else. */
export function logResource({ models, sequelize }: PanelDeps) {
  const definition: PanelDefinition = {
    id: 'log',
    model: models.AuditEntry,
    titleField: 'title',
    sort: { sortBy: 'at', direction: 'desc' },
    scope: visibleEntries,
    search: [{ attribute: 'actorName' }, { attribute: 'action' }, { attribute: 'recordTitle' }],
    filters: ['action', 'resource', 'actorName', 'at'],
    fields: {
      id: { kind: 'id', filter: true },
      title: { kind: 'text', computed: true },
      at: { kind: 'datetime', sort: true, filter: true },
      actorName: { kind: 'choice', sort: true, filter: true },
      action: { kind: 'choice', sort: true, filter: true },
      resource: { kind: 'choice', sort: true, filter: true },
      recordId: { kind: 'text', filter: true },
      recordTitle: { kind: 'text', filter: true },
      address: { kind: 'text', filter: true },
      requestId: { kind: 'text' },
      changes: { kind: 'data', computed: true },
      isThere: { kind: 'boolean', computed: true },
    },
    enrich: (rows: Row[], { say, actor }) =>
      addColumns(rows, async (ids) => {
        const found = await sequelize.query<LogRow>(
          `SELECT id, changes, resource, actor_name AS "actorName", action, record_title AS "recordTitle", ${isThereSql} AS "isThere"
           FROM audit_entries WHERE id = ANY ($1::uuid[])`,
          { bind: [ids], type: QueryTypes.SELECT },
        );
        return found.map((row) => {
          const changes = maySeeChanges(actor, row.resource) ? changesInWords(row.changes, say) : [];
          return { ...row, title: titleOf(row, say), changes };
        });
      }),
  };

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Clock' },
    listProperties: ['at', 'actorName', 'action', 'resource', 'recordTitle', 'address'],
    showProperties: [
      'at',
      'actorName',
      'action',
      'resource',
      'recordTitle',
      'changes',
      'address',
      'requestId',
      'recordId',
    ],
    properties: {
      at: { components: { list: 'Moment', show: 'Moment' } },
      actorName: { components: { list: 'TextOrDash', show: 'TextOrDash' }, custom: { empty: 'Darkroom' } },
      action: { components: { list: 'ChoiceWord', show: 'ChoiceWord' }, custom: { words: actionWords } },
      resource: { components: { list: 'ChoiceWord', show: 'ChoiceWord' }, custom: { words: resourceWords } },
      recordTitle: { components: { list: 'LoggedRecord', show: 'LoggedRecord' } },
      changes: { components: { show: 'Changes' } },
      address: { components: { list: 'TextOrDash', show: 'TextOrDash' } },
      requestId: { components: { show: 'MonoText' } },
      recordId: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('log.view'), handler: listHandler },
      search: { ...readAction('log.view'), handler: searchHandler },
      show: readAction('log.view', { component: 'RecordPage' }),
    },
  });
}

/** What somebody changed themselves without the right to see it stays unseen here too: the old values are the record's. */
function maySeeChanges(actor: Actor | null, resource: string): boolean {
  const view = `${resource}.view`;
  return isPermission(view) ? can(actor, view) : actor?.isSuperuser === true;
}

interface LogRow extends Row {
  resource: string;
  actorName: string;
  action: string;
  recordTitle: string;
  changes: AuditChanges;
}

/** `admin changed it: Premium`. */
function titleOf({ actorName, action, recordTitle }: LogRow, say: Say): string {
  const values = { who: whoInWords(actorName, action, say), what: actionInWords(action, say), record: recordTitle };
  const isItself = recordTitle === '' || recordTitle === actorName;
  return isItself ? say('{{who}} {{what}}', values) : say('{{who}} {{what}}: {{record}}', values);
}

/** Whether the record that an entry is about is there still, and can be opened. Ids of a deleted record stay in the log. */
export const isThereSql = `CASE WHEN record_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN CASE resource
  WHEN 'users' THEN EXISTS (SELECT FROM accounts r WHERE r.id = record_id::uuid)
  WHEN 'tiers' THEN EXISTS (SELECT FROM tiers r WHERE r.id = record_id::uuid)
  WHEN 'images' THEN EXISTS (SELECT FROM images r WHERE r.id = record_id::uuid AND r.state = 'stored')
  WHEN 'links' THEN EXISTS (SELECT FROM expiring_links r WHERE r.id = record_id::uuid)
  WHEN 'groups' THEN EXISTS (SELECT FROM groups r WHERE r.id = record_id::uuid)
  ELSE false END ELSE false END`;

const resourceWords = {
  users: 'Users',
  tiers: 'Tiers',
  images: 'Images',
  links: 'Expiring links',
  groups: 'Groups',
  log: 'Log',
};

const words = {
  one: 'Entry',
  many: 'Log',
  empty: 'Everything that staff change, and every login, is written here.',
  properties: {
    title: 'Entry',
    at: 'When',
    actorName: 'Who',
    action: 'What',
    resource: 'Of',
    recordTitle: 'Record',
    changes: 'Changes',
    address: 'Address',
    requestId: 'Request',
    recordId: 'Record id',
  },
};
