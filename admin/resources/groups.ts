import { QueryTypes } from 'sequelize';
import type { CreateGroupInput, UpdateGroupInput } from '../../core/contracts/group.ts';
import { holdsAll, permissions } from '../../server/kernel/permissions.ts';
import { isDeletable, type Limits } from '../access/limits.ts';
import type { FormValues } from '../actions/form-values.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { bulkAction, createAction, readAction, recordAction, titleOf } from '../actions/panel-action.ts';
import { versionOf } from '../actions/version-of.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { deletionAction } from '../deletion/deletion-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { addColumns } from './add-columns.ts';
import { defineResource } from './panel-resource-options.ts';

export function groupsResource(deps: PanelDeps) {
  const { models, sequelize, useCases } = deps;
  const definition: PanelDefinition = {
    id: 'groups',
    model: models.Group,
    titleField: 'name',
    sort: { sortBy: 'name', direction: 'asc' },
    search: [{ attribute: 'name' }],
    filters: ['createdAt'],
    fields: {
      id: { kind: 'id', filter: true },
      name: { kind: 'text', sort: true, filter: true },
      version: { kind: 'number' },
      createdAt: { kind: 'datetime', sort: true, filter: true },
      updatedAt: { kind: 'datetime', sort: true },
      permissions: { kind: 'list', computed: true },
      limits: { kind: 'data', computed: true, export: false },
      memberCount: { kind: 'number', computed: true },
    },
    enrich: async (rows: Row[], { actor }) => {
      await addColumns(rows, (ids) =>
        sequelize.query<Row>(
          `SELECT g.id, (SELECT count(*) FROM account_groups ag WHERE ag.group_id = g.id) AS "memberCount",
             ARRAY(SELECT permission FROM group_permissions WHERE group_id = g.id ORDER BY 1) AS permissions
           FROM groups g WHERE g.id = ANY ($1::uuid[])`,
          { bind: [ids], type: QueryTypes.SELECT },
        ),
      );
      for (const row of rows) {
        const isWithin = holdsAll(actor, row.permissions as string[]);
        row.limits = (isWithin ? {} : { isKept: true, isBeyond: true }) satisfies Limits;
      }
    },
  };

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Shield' },
    listProperties: ['name', 'permissions', 'memberCount', 'updatedAt'],
    showProperties: ['name', 'permissions', 'memberCount', 'createdAt', 'updatedAt', 'id'],
    editProperties: ['name', 'permissions'],
    properties: {
      name: { isRequired: true, props: { maxLength: 150, autoComplete: 'off' } },
      permissions: {
        description: 'What staff in this group may do. You can give what you have yourself.',
        components: { edit: 'PermissionBoxes', show: 'PermissionWords', list: 'ListCount' },
        custom: { permissions },
      },
      memberCount: {
        components: { list: 'CountLink', show: 'CountLink' },
        custom: { to: 'users', filter: 'groupIds' },
      },
      createdAt: { components: { show: 'Moment' } },
      updatedAt: { components: { list: 'Moment', show: 'Moment' } },
      id: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('groups.view'), handler: listHandler },
      search: { ...readAction('groups.view'), handler: searchHandler },
      show: readAction('groups.view', { component: 'RecordPage' }),
      new: createAction({ permission: 'groups.add', component: 'RecordForm' }, async (form, { actor, origin, say }) => {
        const input = groupFields(form) as CreateGroupInput;
        const group = await useCases.createGroup(actor, input, origin);
        return { message: say('The group {{name}} is there.', { name: input.name }), goTo: { show: group.id } };
      }),
      edit: recordAction(
        { permission: 'groups.change', component: 'RecordForm' },
        async (record, form, { actor, origin, say }) => {
          const input = { ...groupFields(form), version: versionOf(form) } as UpdateGroupInput;
          await useCases.updateGroup(actor, record.id(), input, origin);
          return {
            message: say('The group {{name}} is saved.', { name: input.name ?? titleOf(record) }),
            goTo: { show: record.id() },
          };
        },
      ),
      delete: recordAction(
        {
          permission: 'groups.delete',
          component: 'ConfirmDelete',
          isVisible: isDeletable,
          icon: 'Trash2',
          variant: 'danger',
        },
        async (record, _form, { actor, origin, say }) => {
          await useCases.deleteGroup(actor, record.id(), origin);
          return { message: say('The group {{name}} is deleted.', { name: titleOf(record) }), goTo: 'list' };
        },
      ),
      deletion: deletionAction('groups', deps),
      bulkDelete: bulkAction(
        {
          permission: 'groups.delete',
          component: 'ConfirmBulkDelete',
          icon: 'Trash2',
          variant: 'danger',
        },
        (record, { actor, origin }) => useCases.deleteGroup(actor, record.id(), origin),
        (count, say) =>
          say.count(count, { one: '{{count}} group is deleted.', other: '{{count}} groups are deleted.' }),
      ),
    },
  });
}

/** What a person may write of a group; nothing else in a form is looked at. */
function groupFields(form: FormValues): Record<string, unknown> {
  return {
    ...(form.has('name') ? { name: form.text('name') } : {}),
    ...(form.has('permissions') ? { permissions: form.list('permissions') } : {}),
  };
}

const words = {
  one: 'Group',
  many: 'Groups',
  empty: 'A group gives its members permissions in this panel. Make one for each kind of staff you have.',
  properties: {
    name: 'Name',
    permissions: 'Permissions',
    memberCount: 'Members',
    createdAt: 'Made',
    updatedAt: 'Changed',
    id: 'Id',
  },
};
