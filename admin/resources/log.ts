import { QueryTypes } from 'sequelize';
import type { AuditChanges } from '../../server/audit/audit-entry.model.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { readAction } from '../actions/panel-action.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { addColumns } from './add-columns.ts';
import { defineResource } from './panel-resource-options.ts';

const longestValue = 200;

/** Who did what: to be read, and nothing else. */
export function logResource({ models, sequelize }: PanelDeps) {
  const definition: PanelDefinition = {
    id: 'log',
    model: models.AuditEntry,
    titleField: 'title',
    sort: { sortBy: 'at', direction: 'desc' },
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
    },
    enrich: (rows: Row[]) =>
      addColumns(rows, async (ids) => {
        const found = await sequelize.query<Row & { changes: AuditChanges }>(
          `SELECT id, changes, concat_ws(' ', nullif(actor_name, ''), action, nullif(record_title, '')) AS title
           FROM audit_entries WHERE id = ANY ($1::uuid[])`,
          { bind: [ids], type: QueryTypes.SELECT },
        );
        return found.map((row) => ({ ...row, changes: changesInText(row.changes) }));
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
      actorName: { components: { list: 'TextOrDash', show: 'TextOrDash' }, custom: { empty: 'nobody' } },
      recordTitle: { components: { list: 'TextOrDash', show: 'TextOrDash' } },
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

/** `{field, from, to}` as short texts: a list that any page can show. */
function changesInText(changes: AuditChanges): { field: string; from: string; to: string }[] {
  return Object.entries(changes ?? {}).map(([field, { from, to }]) => ({ field, from: inText(from), to: inText(to) }));
}

function inText(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = Array.isArray(value)
    ? value.join(', ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text;
}

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
