import { QueryTypes } from 'sequelize';
import {
  type CreateTierInput,
  maxRatePerWindow,
  maxThumbnailHeight,
  maxThumbnailHeights,
  minThumbnailHeight,
  thumbnailFormats,
  type UpdateTierInput,
} from '../../core/contracts/tier.ts';
import { staysDefault } from '../../server/tiers/tier-rules.ts';
import type { Limits } from '../access/limits.ts';
import type { FormValues } from '../actions/form-values.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { bulkAction, createAction, readAction, recordAction, titleOf } from '../actions/panel-action.ts';
import { versionOf } from '../actions/version-of.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { deletionAction } from '../deletion/deletion-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { makeDefaultAction } from '../tiers/make-default-action.ts';
import { addColumns } from './add-columns.ts';
import { choicesIn, defineResource } from './panel-resource-options.ts';

export function tiersResource(deps: PanelDeps) {
  const { models, sequelize, useCases } = deps;
  const definition: PanelDefinition = {
    id: 'tiers',
    model: models.Tier,
    titleField: 'name',
    sort: { sortBy: 'createdAt', direction: 'asc' },
    search: [{ attribute: 'name' }],
    filters: ['originalLink', 'expiringLink', 'thumbnailFormat'],
    fields: {
      id: { kind: 'id', filter: true },
      name: { kind: 'text', sort: true, filter: true },
      isDefault: { kind: 'boolean', sort: true, filter: true },
      thumbnailHeights: { kind: 'list' },
      thumbnailFormat: { kind: 'choice', choices: thumbnailFormats, sort: true, filter: true },
      originalLink: { kind: 'boolean', sort: true, filter: true },
      expiringLink: { kind: 'boolean', sort: true, filter: true },
      expiringLinkMinSeconds: { kind: 'number' },
      expiringLinkMaxSeconds: { kind: 'number' },
      maxUploadBytes: { kind: 'number', sort: true },
      quotaBytes: { kind: 'number', sort: true, nullable: true },
      requestsPerMinute: { kind: 'number', nullable: true },
      uploadsPerHour: { kind: 'number', nullable: true },
      version: { kind: 'number' },
      createdAt: { kind: 'datetime', sort: true },
      updatedAt: { kind: 'datetime', sort: true },
      accountCount: { kind: 'number', computed: true },
      limits: { kind: 'data', computed: true, export: false },
    },
    enrich: async (rows: Row[], { say }) => {
      await addColumns(rows, (ids) =>
        sequelize.query<Row>(
          `SELECT t.id, (SELECT count(*) FROM accounts a WHERE a.tier_id = t.id) AS "accountCount"
           FROM tiers t WHERE t.id = ANY ($1::uuid[])`,
          { bind: [ids], type: QueryTypes.SELECT },
        ),
      );
      const isDefault = say('One tier has to be the default. Make another tier the default instead.');
      for (const row of rows) {
        row.limits = (
          staysDefault(row as { isDefault: boolean } & Row) ? { fields: { isDefault } } : {}
        ) satisfies Limits;
      }
    },
  };
  const flag = { edit: 'SwitchInput', list: 'YesNo', show: 'YesNo' };
  const fields = [
    ...['name', 'isDefault', 'thumbnailHeights', 'thumbnailFormat', 'originalLink', 'expiringLink'],
    ...['expiringLinkMinSeconds', 'expiringLinkMaxSeconds', 'maxUploadBytes', 'quotaBytes'],
    ...['requestsPerMinute', 'uploadsPerHour'],
  ];

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Layers' },
    listProperties: [
      ...['name', 'thumbnailHeights', 'originalLink', 'expiringLink', 'maxUploadBytes', 'quotaBytes', 'accountCount'],
      'isDefault',
    ],
    showProperties: [...fields, 'accountCount', 'createdAt', 'updatedAt', 'id'],
    editProperties: fields,
    properties: {
      name: { isRequired: true, props: { maxLength: 100, autoComplete: 'off' } },
      isDefault: {
        description: 'New users get this tier. Exactly one tier is the default.',
        components: flag,
        custom: { isOwn: true, quickEdit: true },
      },
      thumbnailHeights: {
        isRequired: true,
        description: heightsRule,
        components: { edit: 'HeightsInput', list: 'Heights', show: 'Heights' },
        custom: { min: minThumbnailHeight, max: maxThumbnailHeight, most: maxThumbnailHeights },
      },
      thumbnailFormat: {
        components: { edit: 'ChoiceRadios', list: 'ChoiceWord', show: 'ChoiceWord' },
        availableValues: choicesIn(formatWords),
        custom: { usual: 'same', words: formatWords },
      },
      originalLink: { description: 'Images come with a link to the uploaded file.', components: flag },
      expiringLink: { description: 'People can make links that anybody may open until they end.', components: flag },
      expiringLinkMinSeconds: {
        components: { edit: 'DurationInput', list: 'Duration', show: 'Duration' },
        custom: { usual: 300 },
      },
      expiringLinkMaxSeconds: {
        description: 'A week at most.',
        components: { edit: 'DurationInput', list: 'Duration', show: 'Duration' },
        custom: { usual: 30_000 },
      },
      maxUploadBytes: {
        description: 'The largest file that may be uploaded.',
        components: { edit: 'SizeInput', list: 'Size', show: 'Size' },
        custom: { usual: 52_428_800 },
      },
      quotaBytes: {
        description: 'All originals of one user together. Empty: no limit.',
        components: { edit: 'SizeInput', list: 'Size', show: 'Size' },
        custom: { usual: null, empty: 'no limit' },
      },
      requestsPerMinute: {
        description: 'Of one user. Empty: the limit of the service.',
        props: { inputMode: 'numeric', autoComplete: 'off' },
      },
      uploadsPerHour: {
        description: 'Of one user. Empty: the limit of the service.',
        props: { inputMode: 'numeric', autoComplete: 'off' },
      },
      accountCount: { components: { list: 'CountLink', show: 'CountLink' }, custom: { to: 'users', filter: 'tierId' } },
      createdAt: { components: { show: 'Moment' } },
      updatedAt: { components: { show: 'Moment' } },
      id: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('tiers.view'), handler: listHandler },
      search: { ...readAction('tiers.view'), handler: searchHandler },
      show: readAction('tiers.view', { component: 'RecordPage' }),
      new: createAction(
        { permission: 'tiers.add', component: 'RecordForm', custom: formGroups, messages },
        async (form, { actor, origin, say }) => {
          const input = tierFields(form) as CreateTierInput;
          const tier = await useCases.createTier(actor, input, origin);
          return { message: say('The tier {{name}} is there.', { name: input.name }), goTo: { show: tier.id } };
        },
      ),
      edit: recordAction(
        {
          permission: 'tiers.change',
          component: 'RecordForm',
          custom: { ...formGroups, preview: 'TierPreview' },
          messages,
        },
        async (record, form, { actor, origin, say }) => {
          const values = { ...tierFields(form), version: versionOf(form) };
          const input = values as UpdateTierInput;
          await useCases.updateTier(actor, record.id(), input, origin);
          const message = say('The tier {{name}} is saved. It counts from now on, for images that are there too.', {
            name: input.name ?? titleOf(record),
          });
          return { message, goTo: { show: record.id() } };
        },
      ),
      delete: recordAction(
        {
          permission: 'tiers.delete',
          component: 'ConfirmDelete',
          icon: 'Trash2',
          variant: 'danger',
          custom: { advice: 'Give them another tier first: the form for it is on the tier’s page.' },
        },
        async (record, _form, { actor, origin, say }) => {
          await useCases.deleteTier(actor, record.id(), origin);
          return { message: say('The tier {{name}} is deleted.', { name: titleOf(record) }), goTo: 'list' };
        },
      ),
      makeDefault: makeDefaultAction(deps),
      deletion: deletionAction('tiers', deps),
      bulkDelete: bulkAction(
        {
          permission: 'tiers.delete',
          component: 'ConfirmBulkDelete',
          icon: 'Trash2',
          variant: 'danger',
        },
        (record, { actor, origin }) => useCases.deleteTier(actor, record.id(), origin),
        (count, say) => say.count(count, { one: '{{count}} tier is deleted.', other: '{{count}} tiers are deleted.' }),
      ),
    },
  });
}

const formGroups = {
  groups: [
    { title: 'Tier', fields: ['name', 'isDefault'] },
    { title: 'Thumbnails', fields: ['thumbnailHeights', 'thumbnailFormat'] },
    { title: 'Links', fields: ['originalLink', 'expiringLink', 'expiringLinkMinSeconds', 'expiringLinkMaxSeconds'] },
    { title: 'Limits', fields: ['maxUploadBytes', 'quotaBytes', 'requestsPerMinute', 'uploadsPerHour'] },
  ],
};

/** What a person may write of a tier; nothing else in a form is looked at. */
function tierFields(form: FormValues): Record<string, unknown> {
  const numbers = ['expiringLinkMinSeconds', 'expiringLinkMaxSeconds', 'maxUploadBytes', 'quotaBytes'];
  const rates = ['requestsPerMinute', 'uploadsPerHour'];
  const flags = ['isDefault', 'originalLink', 'expiringLink'];
  return {
    ...(form.has('name') ? { name: form.text('name') } : {}),
    ...(form.has('thumbnailHeights') ? { thumbnailHeights: form.numbers('thumbnailHeights') } : {}),
    ...(form.has('thumbnailFormat') ? { thumbnailFormat: form.raw('thumbnailFormat') } : {}),
    ...Object.fromEntries(flags.filter((name) => form.has(name)).map((name) => [name, form.boolean(name)])),
    ...Object.fromEntries(
      [...numbers, ...rates].filter((name) => form.has(name)).map((name) => [name, form.number(name)]),
    ),
  };
}

const heightsRule = `1 to ${maxThumbnailHeights} heights in pixels, each a whole number from ${minThumbnailHeight} to ${maxThumbnailHeight}.`;
const rateRule = `Give a whole number from 1 to ${maxRatePerWindow}, or leave it empty for the limit of the service.`;
const messages = {
  thumbnailHeights: `Give ${heightsRule}`,
  expiringLinkMinSeconds: 'Give a whole number of seconds, from one second to a week.',
  maxUploadBytes: 'Give a size of at least one byte.',
  quotaBytes: 'Give a size, or leave it empty for no limit.',
  requestsPerMinute: rateRule,
  uploadsPerHour: rateRule,
};

const formatWords = { same: 'As the original', webp: 'WebP', avif: 'AVIF', jpeg: 'JPEG' };

const words = {
  one: 'Tier',
  many: 'Tiers',
  empty: 'A tier says what the users who have it may do. Make the first one.',
  properties: {
    name: 'Name',
    isDefault: 'Default',
    thumbnailHeights: 'Thumbnail heights',
    thumbnailFormat: 'Thumbnail format',
    originalLink: 'Original link',
    expiringLink: 'Expiring links',
    expiringLinkMinSeconds: 'Shortest expiring link',
    expiringLinkMaxSeconds: 'Longest expiring link',
    maxUploadBytes: 'Largest upload',
    quotaBytes: 'Quota',
    requestsPerMinute: 'Requests per minute',
    uploadsPerHour: 'Uploads per hour',
    accountCount: 'Users',
    createdAt: 'Made',
    updatedAt: 'Changed',
    id: 'Id',
  },
};
