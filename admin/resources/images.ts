import { QueryTypes } from 'sequelize';
import type { ThumbnailFormat } from '../../core/contracts/tier.ts';
import { pendingHeights, shownThumbnails, type TierThumbnails } from '../../server/images/missing-thumbnails.ts';
import { listHandler, searchHandler } from '../actions/list-action.ts';
import { bulkAction, readAction, recordAction, titleOf } from '../actions/panel-action.ts';
import { versionOf } from '../actions/version-of.ts';
import type { PanelDefinition, Row } from '../adapter/panel-definition.ts';
import { deletionAction } from '../deletion/deletion-action.ts';
import { failureSaid } from '../images/failure-said.ts';
import type { PanelDeps } from '../panel-deps.ts';
import { signedUrl } from '../signed-urls.ts';
import { addColumns } from './add-columns.ts';
import { choicesIn, defineResource } from './panel-resource-options.ts';

const statuses = ['processing', 'ready', 'failed'] as const;
const statusWords = { processing: 'Processing', ready: 'Ready', failed: 'Failed' };
const contentTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif', 'image/tiff'] as const;

export function imagesResource(deps: PanelDeps) {
  const { models, useCases } = deps;
  const definition: PanelDefinition = {
    id: 'images',
    model: models.Image,
    titleField: 'name',
    sort: { sortBy: 'createdAt', direction: 'desc' },
    scope: { state: 'stored' },
    search: [
      { attribute: 'name' },
      { attribute: 'ownerId', among: (pattern) => `SELECT id FROM accounts WHERE username::text ILIKE ${pattern}` },
    ],
    filters: ['status', 'contentType', 'ownerTier', 'ownerId', 'createdAt'],
    fields: {
      id: { kind: 'id', filter: true },
      name: { kind: 'text', sort: true, filter: true },
      ownerId: { kind: 'reference', reference: 'users', sort: { related: 'owner', by: 'username' }, filter: true },
      status: { kind: 'choice', choices: statuses, sort: true, filter: true },
      contentType: { kind: 'choice', choices: contentTypes, sort: true, filter: true },
      bytes: { kind: 'number', sort: true },
      width: { kind: 'number', sort: true },
      height: { kind: 'number', sort: true },
      sha256: { kind: 'text' },
      failureCode: { kind: 'text' },
      failureMessage: { kind: 'text' },
      warnings: { kind: 'list' },
      createdAt: { kind: 'datetime', sort: true, filter: true },
      updatedAt: { kind: 'datetime', sort: true },
      version: { kind: 'number' },
      previewUrl: { kind: 'text', computed: true, export: false },
      originalUrl: { kind: 'text', computed: true, export: false },
      thumbnails: { kind: 'data', computed: true, export: false },
      pendingHeights: { kind: 'list', computed: true, export: false },
      linkCount: { kind: 'number', computed: true },
    },
    derived: {
      ownerTier: {
        permission: 'users.view',
        reference: 'tiers',
        value: '(SELECT tier_id FROM accounts WHERE accounts.id = "Image".owner_id)::text',
        isOneOf: (list) => `"Image".owner_id IN (SELECT id FROM accounts WHERE tier_id IN (${list}))`,
        through: { by: 'ownerId', values: 'SELECT id, tier_id AS value FROM accounts' },
      },
    },
    enrich: (rows: Row[]) => addPictures(rows, deps),
  };
  const look = { permission: 'images.delete', icon: 'Trash2', variant: 'danger' } as const;

  return defineResource(definition, words, {
    navigation: { name: null, icon: 'Image' },
    listProperties: ['previewUrl', 'name', 'ownerId', 'status', 'bytes', 'width', 'createdAt'],
    showProperties: [
      ...['picture', 'name', 'ownerId', 'status', 'contentType', 'bytes', 'width', 'thumbnails', 'linkCount'],
      ...['createdAt', 'updatedAt', 'sha256', 'id'],
    ],
    editProperties: ['name'],
    properties: {
      previewUrl: { components: { list: 'Preview' } },
      picture: { components: { show: 'Picture' } },
      name: { isRequired: true, props: { maxLength: 255, spellCheck: false }, custom: { quickEdit: true } },
      status: {
        components: { list: 'ImageStatus', show: 'ImageStatus' },
        availableValues: choicesIn(statusWords),
        custom: { words: statusWords },
      },
      bytes: { components: { list: 'Size', show: 'Size' } },
      width: { components: { list: 'Pixels', show: 'Pixels' } },
      thumbnails: { components: { show: 'Thumbnails' } },
      linkCount: { components: { show: 'CountLink' }, custom: { to: 'links', filter: 'imageId' } },
      createdAt: { components: { list: 'Moment', show: 'Moment' } },
      updatedAt: { components: { show: 'Moment' } },
      sha256: { components: { show: 'MonoText' } },
      id: { components: { show: 'MonoText' } },
    },
    actions: {
      list: { ...readAction('images.view'), handler: listHandler },
      search: { ...readAction('images.view'), handler: searchHandler },
      show: { ...readAction('images.view', { component: 'RecordPage' }), after: failureSaid },
      // The page alone: the bytes go to upload-router.ts.
      upload: {
        ...readAction('images.add', { component: 'UploadPage', icon: 'Upload' }),
        actionType: 'resource',
        handler: async () => ({}),
      },
      edit: recordAction(
        { permission: 'images.change', component: 'RecordForm' },
        async (record, form, { actor, origin, say }) => {
          const name = form.text('name');
          const version = form.has('version') ? versionOf(form) : undefined;
          await useCases.renameImage(actor, { imageId: record.id(), name, version, origin, asStaff: true });
          return { message: say('The image is called {{name}} now.', { name }), goTo: { show: record.id() } };
        },
      ),
      retry: recordAction(
        { permission: 'images.reprocess', component: false, icon: 'RefreshCw', guard: 'retryGuard' },
        async (record, _form, { actor, origin, say }) => {
          await useCases.retryImage(actor, record.id(), origin);
          return { message: say('The thumbnails of {{name}} are being made again.', { name: titleOf(record) }) };
        },
      ),
      bulkRetry: bulkAction(
        {
          permission: 'images.reprocess',
          component: 'ConfirmBulkDelete',
          icon: 'RefreshCw',
          custom: { isHarmless: true },
        },
        (record, { actor, origin }) => useCases.retryImage(actor, record.id(), origin),
        (count, say) =>
          say.count(count, {
            one: 'The thumbnails of {{count}} image are being made again.',
            other: 'The thumbnails of {{count}} images are being made again.',
          }),
      ),
      delete: recordAction({ ...look, component: 'ConfirmDelete' }, async (record, _form, { actor, origin, say }) => {
        await useCases.deleteImage(actor, record.id(), origin);
        return { message: say('The image {{name}} is deleted.', { name: titleOf(record) }), goTo: 'list' };
      }),
      deletion: deletionAction('images', deps),
      bulkDelete: bulkAction(
        { ...look, component: 'ConfirmBulkDelete' },
        (record, { actor, origin }) => useCases.deleteImage(actor, record.id(), origin),
        (count, say) =>
          say.count(count, { one: '{{count}} image is deleted.', other: '{{count}} images are deleted.' }),
      ),
    },
  });
}

interface PictureRow extends Row {
  objectKey: string;
  name: string;
  linkCount: number;
  status: (typeof statuses)[number];
  crashCount: number;
  tier: TierThumbnails;
  thumbnails: {
    tierHeight: number;
    format: ThumbnailFormat;
    width: number;
    height: number;
    bytes: number;
    contentType: string;
    /** As JSON has it. */
    createdAt: string;
    key: string;
  }[];
}

/** Signed URLs of the preview, the thumbnails and the original; no object key leaves. */
async function addPictures(rows: Row[], { sequelize, store, now = () => new Date() }: PanelDeps): Promise<void> {
  const at = now();
  await addColumns(rows, async (ids) => {
    const found = await sequelize.query<PictureRow>(picturesQuery, { bind: [ids], type: QueryTypes.SELECT });
    return found.map(({ id, name, objectKey, linkCount, tier, ...image }) => {
      const thumbnails = image.thumbnails.map((made) => ({ ...made, createdAt: new Date(made.createdAt) }));
      const shown = new Set(shownThumbnails(tier, thumbnails));
      const pictures = thumbnails.map((made) => {
        const { tierHeight, width, height, bytes, contentType, key } = made;
        const url = signedUrl(store, 'thumbnails', key, at);
        return { tierHeight, width, height, bytes, contentType, isInTier: shown.has(made), url };
      });
      const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, percent)}`;
      return {
        id,
        linkCount,
        pendingHeights: pendingHeights(tier, image, thumbnails),
        thumbnails: pictures,
        previewUrl: pictures[0]?.url ?? null,
        originalUrl: signedUrl(store, 'originals', objectKey, at, disposition),
      };
    });
  });
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

const picturesQuery = `
  SELECT i.id, i.name, i.object_key AS "objectKey",
    (SELECT count(*) FROM expiring_links l WHERE l.image_id = i.id) AS "linkCount",
    coalesce((
      SELECT json_agg(json_build_object('tierHeight', t.tier_height, 'format', t.format, 'width', t.width,
        'height', t.height, 'bytes', t.bytes, 'contentType', t.content_type, 'createdAt', t.created_at,
        'key', t.object_key) ORDER BY t.tier_height, t.format)
      FROM thumbnails t WHERE t.image_id = i.id), '[]') AS thumbnails,
    i.status, i.crash_count AS "crashCount",
    json_build_object('thumbnailHeights', tier.thumbnail_heights, 'thumbnailFormat', tier.thumbnail_format) AS tier
  FROM images i JOIN accounts a ON a.id = i.owner_id JOIN tiers tier ON tier.id = a.tier_id WHERE i.id = ANY ($1::uuid[])`;

const words = {
  one: 'Image',
  many: 'Images',
  empty: 'Users upload them through the API, POST /image/upload; you can upload some for a user here.',
  edit: 'Rename',
  properties: {
    previewUrl: 'Preview',
    picture: 'Picture',
    name: 'Name',
    ownerId: 'Owner',
    ownerTier: 'Tier of the owner',
    status: 'Status',
    contentType: 'Type',
    bytes: 'Size',
    width: 'Pixels',
    thumbnails: 'Thumbnails',
    linkCount: 'Expiring links',
    createdAt: 'Uploaded',
    updatedAt: 'Changed',
    sha256: 'SHA-256',
    id: 'Id',
  },
};
