import type { CreateUserInput, UpdateUserInput } from '../../core/contracts/user.ts';
import { can, permissions } from '../../server/kernel/permissions.ts';
import { isChangeable, isDeletable } from '../access/limits.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { bulkAction, createAction, readAction, recordAction, titleOf } from '../actions/panel-action.ts';
import { versionOf } from '../actions/version-of.ts';
import type { PanelDefinition } from '../adapter/panel-definition.ts';
import { deletionAction } from '../deletion/deletion-action.ts';
import { importAction } from '../import/import-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { passwordLinkAction } from '../password/password-link-action.ts';
import { addUserColumns } from './add-user-columns.ts';
import { choicesIn, defineResource } from './panel-resource-options.ts';
import { newPassword, userFields } from './user-form.ts';

export function usersResource(deps: PanelDeps) {
  const { models, sequelize, useCases } = deps;
  const definition: PanelDefinition = {
    id: 'users',
    model: models.Account,
    titleField: 'username',
    sort: { sortBy: 'dateJoined', direction: 'desc' },
    search: [{ attribute: 'username' }, { attribute: 'email' }],
    filters: ['tierId', 'isActive', 'isStaff', 'isSuperuser', 'email', 'dateJoined', 'lastLogin'],
    fields: {
      id: { kind: 'id', filter: true },
      username: { kind: 'text', sort: true, filter: true },
      email: { kind: 'text', sort: true, filter: true, nullable: true },
      tierId: { kind: 'reference', reference: 'tiers', sort: { related: 'tier', by: 'name' }, filter: true },
      isActive: { kind: 'boolean', sort: true, filter: true },
      isStaff: { kind: 'boolean', sort: true, filter: true },
      isSuperuser: { kind: 'boolean', sort: true, filter: true },
      usedBytes: { kind: 'number', sort: true },
      dateJoined: { kind: 'datetime', sort: true, filter: true },
      lastLogin: { kind: 'datetime', sort: true, filter: true, nullable: true },
      version: { kind: 'number' },
      imageCount: { kind: 'number', computed: true },
      linkCount: { kind: 'number', computed: true },
      quotaBytes: { kind: 'number', computed: true },
      hasPassword: { kind: 'boolean', computed: true },
      // Its name, for people and for an import elsewhere: ids are of one installation.
      tier: { kind: 'text', computed: true },
      groupIds: { kind: 'list', computed: true },
      permissions: { kind: 'list', computed: true },
      limits: { kind: 'data', computed: true, export: false },
    },
    derived: {
      groupIds: {
        reference: 'groups',
        // A user has several: it is asked for one of them, and never counted beside the list.
        value: `ARRAY(SELECT group_id FROM account_groups WHERE account_id = "Account".id)::text`,
        isOneOf: (list) => `"Account".id IN (SELECT account_id FROM account_groups WHERE group_id IN (${list}))`,
      },
    },
    enrich: (rows, reader) => addUserColumns(sequelize, rows, reader),
  };

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Users' },
    listProperties: ['username', 'email', 'tierId', 'isActive', 'isStaff', 'usedBytes', 'lastLogin', 'dateJoined'],
    showProperties: [
      ...['username', 'email', 'tierId', 'isActive', 'isStaff', 'isSuperuser', 'groupIds', 'permissions'],
      ...['usedBytes', 'imageCount', 'linkCount', 'hasPassword', 'dateJoined', 'lastLogin', 'id'],
    ],
    editProperties: [
      ...['username', 'email', 'passwordBy', 'password', 'passwordAgain', 'tierId'],
      ...['isActive', 'isStaff', 'isSuperuser', 'groupIds', 'permissions'],
    ],
    properties: {
      username: {
        isRequired: true,
        description: 'Letters, digits and @ . + - _; 150 characters at most.',
        props: { autoComplete: 'off', maxLength: 150, spellCheck: false },
        custom: { proposedBy: 'email' },
      },
      email: { props: { type: 'email', autoComplete: 'off', maxLength: 254 }, components: { list: 'TextOrDash' } },
      tierId: {
        isRequired: true,
        custom: { usual: 'default', quickEdit: true, formInput: 'ReferencePicker', fromAddress: true },
        components: { edit: 'ReferenceSelect' },
      },
      passwordBy: {
        components: { edit: 'ChoiceRadios' },
        availableValues: choicesIn(passwordWays),
        custom: { only: 'new', usual: 'now', words: passwordWays },
      },
      password: {
        isRequired: true,
        description: 'At least 12 characters; not the user name, not a common password.',
        components: { edit: 'PasswordInput' },
        custom: { only: 'new', when: { passwordBy: 'now' } },
      },
      passwordAgain: {
        isRequired: true,
        components: { edit: 'PasswordInput' },
        custom: { only: 'new', when: { passwordBy: 'now' } },
      },
      isActive: {
        description: 'Instead of deleting an account, take this away: nothing opens any more, and nothing is lost.',
        components: { edit: 'SwitchInput', list: 'YesNo', show: 'YesNo' },
        custom: { usual: true, quickEdit: true },
      },
      isStaff: {
        description: 'May enter this panel, and do what groups and permissions allow.',
        components: { edit: 'SwitchInput', list: 'YesNo', show: 'YesNo' },
      },
      isSuperuser: {
        description: 'May do everything, without any permission below.',
        components: { edit: 'SwitchInput', list: 'YesNo', show: 'YesNo' },
      },
      groupIds: { components: { edit: 'GroupBoxes', show: 'GroupNames' }, custom: { fromAddress: true } },
      permissions: {
        description: 'Beside those of the groups.',
        components: { edit: 'PermissionBoxes', show: 'PermissionWords' },
        custom: { permissions },
      },
      usedBytes: { components: { list: 'StorageUse', show: 'StorageUse' } },
      imageCount: { components: { show: 'CountLink' }, custom: { to: 'images', filter: 'ownerId' } },
      linkCount: { components: { show: 'CountLink' }, custom: { to: 'links', filter: 'ownerId' } },
      hasPassword: { components: { show: 'YesNo' } },
      dateJoined: { components: { list: 'Moment', show: 'Moment' } },
      lastLogin: { components: { list: 'Moment', show: 'Moment' }, custom: { empty: 'never' } },
      id: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('users.view'), handler: listHandler },
      search: { ...readAction('users.view'), handler: searchHandler },
      show: readAction('users.view', { component: 'RecordPage' }),
      new: createAction(
        { permission: 'users.add', component: 'RecordForm', custom: formGroups },
        async (form, { actor, origin, say }) => {
          const isByLink = form.raw('passwordBy') === 'link';
          const password = isByLink ? null : newPassword(form);
          const input = { ...userFields(form), password } as CreateUserInput;
          const account = await useCases.createAccount(actor, input, origin);
          if (!isByLink) {
            const message = say('The user {{name}} is there and can log in.', { name: input.username });
            return { message, goTo: { show: account.id } };
          }
          const action = can(actor, 'users.change') ? 'passwordLink' : 'show';
          const message = say('The user {{name}} is there, and can log in when a password is set.', {
            name: input.username,
          });
          return { message, goTo: { show: account.id, action } };
        },
      ),
      edit: recordAction(
        { permission: 'users.change', component: 'RecordForm', isVisible: isChangeable, custom: formGroups },
        async (record, form, { actor, origin, say }) => {
          const input = {
            ...userFields(form),
            version: versionOf(form),
          } as UpdateUserInput;
          await useCases.updateAccount(actor, record.id(), input, origin);
          return {
            message: say('The user {{name}} is saved.', { name: input.username ?? titleOf(record) }),
            goTo: { show: record.id() },
          };
        },
      ),
      setPassword: recordAction(
        { permission: 'users.change', component: 'SetPassword', icon: 'Key', isVisible: isChangeable },
        async (record, form, { actor, origin, say }) => {
          const password = form.boolean('unusable') === true ? null : newPassword(form);
          await useCases.setPassword(actor, record.id(), password, origin);
          const name = titleOf(record);
          const message =
            password === null
              ? say('{{name}} has no password any more. All sessions and tokens of this user have ended.', { name })
              : say('The password of {{name}} is set. All sessions and tokens of this user have ended.', { name });
          return { message, goTo: { show: record.id() } };
        },
      ),
      passwordLink: passwordLinkAction(deps),
      import: importAction(),
      delete: recordAction(
        {
          permission: 'users.delete',
          component: 'ConfirmDelete',
          isVisible: isDeletable,
          icon: 'Trash2',
          variant: 'danger',
        },
        async (record, _form, { actor, origin, say }) => {
          await useCases.deleteAccount(actor, record.id(), origin);
          return {
            message: say('The user {{name}} is deleted, with all images and links.', { name: titleOf(record) }),
            goTo: 'list',
          };
        },
      ),
      deletion: deletionAction('users', deps),
      bulkDelete: bulkAction(
        {
          permission: 'users.delete',
          component: 'ConfirmBulkDelete',
          icon: 'Trash2',
          variant: 'danger',
        },
        (record, { actor, origin }) => useCases.deleteAccount(actor, record.id(), origin),
        (count, say) => say.count(count, { one: '{{count}} user is deleted.', other: '{{count}} users are deleted.' }),
      ),
    },
  });
}

const formGroups = {
  groups: [
    {
      title: 'Account',
      fields: ['username', 'email', 'passwordBy', 'password', 'passwordAgain', 'tierId', 'isActive'],
    },
    { title: 'Rights in this panel', fields: ['isStaff', 'isSuperuser', 'groupIds', 'permissions'] },
  ],
};

const passwordWays = { now: 'Given here', link: 'Set by the user, by a link that you pass on' };

const words = {
  one: 'User',
  many: 'Users',
  empty: 'People upload with an account. Make the first one, and give it a tier.',
  properties: {
    username: 'User name',
    email: 'E-mail',
    tierId: 'Tier',
    passwordBy: 'How the password is set',
    password: 'Password',
    passwordAgain: 'Password again',
    isActive: 'Active',
    isStaff: 'Staff',
    isSuperuser: 'Superuser',
    groupIds: 'Groups',
    permissions: 'Permissions of their own',
    usedBytes: 'Storage',
    imageCount: 'Images',
    linkCount: 'Expiring links',
    hasPassword: 'Has a password',
    dateJoined: 'Joined',
    lastLogin: 'Last login',
    id: 'Id',
  },
};
