import { QueryTypes } from 'sequelize';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { bulkAction, readAction, recordAction, titleOf } from '../actions/panel-action.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { conditionOf, conditionWords } from '../links/link-condition.ts';
import { showLinkAction } from '../links/show-link-action.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { addColumns } from './add-columns.ts';
import { defineResource } from './panel-resource-options.ts';

export function linksResource(deps: PanelDeps) {
  const { models, sequelize, useCases } = deps;
  const definition: PanelDefinition = {
    id: 'links',
    model: models.ExpiringLink,
    titleField: 'title',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    search: [
      { attribute: 'imageId', among: (pattern) => `SELECT id FROM images WHERE name ILIKE ${pattern}` },
      { attribute: 'ownerId', among: (pattern) => `SELECT id FROM accounts WHERE username::text ILIKE ${pattern}` },
    ],
    filters: ['condition', 'ownerId', 'expiresAt', 'createdAt'],
    fields: {
      id: { kind: 'id', filter: true },
      title: { kind: 'text', computed: true },
      imageId: { kind: 'reference', reference: 'images', filter: true },
      ownerId: { kind: 'reference', reference: 'users', sort: { related: 'owner', by: 'username' }, filter: true },
      height: { kind: 'number', sort: true, filter: true, nullable: true },
      expireTimeSeconds: { kind: 'number', sort: true },
      expiresAt: { kind: 'datetime', sort: true, filter: true },
      maxUses: { kind: 'number', sort: true, nullable: true },
      uses: { kind: 'number', sort: true },
      revokedAt: { kind: 'datetime', sort: true, filter: true, nullable: true },
      createdAt: { kind: 'datetime', sort: true, filter: true },
      condition: { kind: 'text', computed: true },
    },
    derived: { condition: { value: conditionOf('"ExpiringLink"'), choices: conditionWords } },
    enrich: (rows: Row[]) =>
      addColumns(rows, (ids) => sequelize.query<Row>(linksQuery, { bind: [ids], type: QueryTypes.SELECT })),
  };
  const look = {
    permission: 'links.delete',
    icon: 'Slash',
    variant: 'danger',
    isVisible: (record: { param(name: string): unknown } | undefined) => record?.param('condition') === 'live',
  } as const;

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Link' },
    listProperties: ['title', 'ownerId', 'condition', 'expiresAt', 'uses', 'createdAt'],
    showProperties: [
      ...['imageId', 'ownerId', 'condition', 'height', 'expireTimeSeconds', 'expiresAt', 'uses', 'maxUses'],
      ...['revokedAt', 'createdAt', 'id'],
    ],
    properties: {
      condition: {
        components: { list: 'ImageStatus', show: 'ImageStatus' },
        custom: { words: conditionWords },
      },
      height: { components: { show: 'TextOrDash' }, custom: { empty: 'the original' } },
      expireTimeSeconds: { components: { show: 'Duration' } },
      expiresAt: { components: { list: 'Moment', show: 'Moment' } },
      maxUses: { components: { show: 'TextOrDash' }, custom: { empty: 'no limit' } },
      revokedAt: { components: { show: 'Moment' }, custom: { empty: 'not revoked' } },
      createdAt: { components: { list: 'Moment', show: 'Moment' } },
      id: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('links.view'), handler: listHandler },
      search: { ...readAction('links.view'), handler: searchHandler },
      show: readAction('links.view', { component: 'RecordPage' }),
      showLink: showLinkAction(deps),
      revoke: recordAction(
        { ...look, component: false, guard: 'revokeGuard' },
        async (record, _form, { actor, origin, say }) => {
          await useCases.revokeLink(actor, record.id(), origin, { asStaff: true });
          return {
            message: say('The link to {{name}} is revoked: nobody can open it any more.', { name: titleOf(record) }),
          };
        },
      ),
      bulkRevoke: bulkAction(
        { ...look, component: 'ConfirmBulkDelete', isVisible: undefined },
        (record, { actor, origin }) => useCases.revokeLink(actor, record.id(), origin, { asStaff: true }),
        (count, say) => say.count(count, { one: '{{count}} link is revoked.', other: '{{count}} links are revoked.' }),
      ),
    },
  });
}

const linksQuery = `
  SELECT l.id, i.name AS title, ${conditionOf('l')} AS condition
  FROM expiring_links l JOIN images i ON i.id = l.image_id WHERE l.id = ANY ($1::uuid[])`;

const words = {
  one: 'Expiring link',
  many: 'Expiring links',
  empty: 'Users whose tier has expiring links make them through the API. They are listed here, and can be revoked.',
  properties: {
    title: 'Image',
    imageId: 'Image',
    ownerId: 'Owner',
    condition: 'State',
    height: 'Height',
    expireTimeSeconds: 'Life',
    expiresAt: 'Ends',
    maxUses: 'Uses allowed',
    uses: 'Uses',
    revokedAt: 'Revoked',
    createdAt: 'Made',
    id: 'Id',
  },
};
