import { z } from 'zod';
import {
  defaultListLimit,
  type Image,
  idempotencyKeySchema,
  imageSchema,
  listImagesQuerySchema,
  onConflictSchema,
  renameImageSchema,
} from '../../core/contracts/image.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { createKeptAnswers } from '../http/kept-answers.ts';
import { isKnownTag } from '../http/object-conditions.ts';
import { defineRoute, type Reply, type Route } from '../http/route.ts';
import { streamJsonArray } from '../http/stream-json-array.ts';
import type { Actor } from '../kernel/actor.ts';
import type { ListFilter, ListPage } from './list-images.ts';
import type { ReceiveUpload } from './receive-upload.ts';
import type { RenameImage } from './rename-image.ts';

export interface ImagesRoutesDeps {
  receiveUpload: ReceiveUpload;
  getImage: (actor: Actor, imageId: string) => Promise<Image>;
  listImages: (actor: Actor, page: ListPage) => Promise<{ items: Image[]; nextCursor: string | null }>;
  streamImages: (actor: Actor, filter: ListFilter) => AsyncIterable<Image>;
  listTag: (actor: Actor, parameters: Record<string, unknown>) => string;
  renameImage: RenameImage;
  deleteImage: (actor: Actor, imageId: string) => Promise<void>;
  publicUrl: string;
}

const tag = 'Images';
const uploadPath = '/image/upload';

/** In any case, as RFC 9562 wants it read. */
const idSchema = z
  .string()
  .regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/)
  .transform((id) => id.toLowerCase())
  .meta({ description: 'The id of an image of yours', override: { type: 'string', format: 'uuid' } });
const params = z.object({ id: idSchema });

export function imagesRoutes(deps: ImagesRoutesDeps): Route[] {
  return [uploadRoute(deps), listRoute(deps), ...imageRoutes(deps)];
}

const uploadErrors: ErrorCode[] = [
  'invalid_request',
  'invalid_filename',
  'empty_body',
  'incomplete_body',
  'digest_mismatch',
  'request_timeout',
  'name_taken',
  'idempotency_running',
  'conflict',
  'too_large',
  'quota_exceeded',
  'unsupported_type',
  'unsupported_encoding',
  'invalid_image',
  'too_many_pixels',
  'idempotency_mismatch',
  'unavailable',
];

function uploadRoute({ receiveUpload, publicUrl }: ImagesRoutesDeps): Route {
  return defineRoute({
    method: 'post',
    path: uploadPath,
    operationId: 'uploadImage',
    tag,
    summary: 'Upload one image',
    description: [
      'The body is the image itself, or a form with one file; it is streamed. `201` is a promise: the original and its',
      'row are durable, and the thumbnails come. An upload that fails or is cut off leaves nothing behind.',
      '',
      '**Type**: what the bytes are counts, never a header or a suffix. JPEG, PNG, WebP, GIF, AVIF and TIFF are taken.',
      '',
      '**Name**: from `Content-Disposition`, else `?filename=`, else the name of the file in the form, else made from the',
      'id. Of `Content-Disposition` (RFC 6266) `filename*` comes first; bytes above ASCII are read as UTF-8, and encoded words (RFC 2047) are decoded. Only the last',
      'path segment counts, then NFC. A name that is given but cannot be read is `invalid_filename`, never a guess: a',
      'fault in the grammar or the encoding, a parameter twice, control characters, blank, `.`, `..`, or more than 255',
      'bytes of UTF-8.',
      '',
      '**Limits**: those of the tier. More bytes than `maxUploadBytes` are `too_large`, by `Content-Length` before any of',
      'the body; running uploads count for the quota (`quota_exceeded`). A body that stops coming, or comes slower than',
      'some hundred bytes a second, is `request_timeout`. `Expect: 100-continue` is answered when the head of the request',
      'was found to be right.',
    ].join('\n'),
    auth: 'bearer',
    limitedAs: 'uploads',
    // Parameters that mean nothing here still make it another request for an Idempotency-Key.
    query: z.looseObject({
      filename: z
        .string()
        .optional()
        .describe('The name, when there is no `Content-Disposition`; UTF-8, percent-encoded'),
      on_conflict: onConflictSchema,
    }),
    rawBody: {
      required: true,
      description:
        'The bytes of the image, or a form with exactly one file (fields and empty file inputs beside it are passed over).',
      contentTypes: ['application/octet-stream', 'image/*', 'multipart/form-data'],
    },
    headers: {
      'Content-Disposition': 'The name: `attachment; filename="cat.png"`, or `filename*` of RFC 8187.',
      'Content-Digest':
        'RFC 9530. `sha-256` is checked against the body, others are passed over; another digest is `digest_mismatch`. Behind the body it counts too, where `Trailer` announces it.',
      'Idempotency-Key': idempotencyKeySchema.describe(
        '1 to 255 visible ASCII characters. The same request again within 24 hours (account, body, name, query) answers with the same image as it is then and `Idempotency-Replayed: true`; while the first one runs it is 409 `idempotency_running`; another request with this key is 422 `idempotency_mismatch`. A failure or a deletion of the image frees the key, a crash of the server frees it within a minute.',
      ),
      Prefer:
        'RFC 7240. `wait=N`: the answer waits until the thumbnails are settled, or N seconds, at most 30; `Preference-Applied` says how many.',
    },
    responses: {
      201: {
        description: 'The image. Its thumbnails are mostly pending still.',
        schema: imageSchema,
        headers: {
          Location: 'The URL of the image',
          'Preference-Applied': '`wait=N`, when `Prefer` asked for it',
          'Idempotency-Replayed': '`true` when the image came of an earlier request with the same key',
        },
      },
    },
    errors: uploadErrors,
    handler: async ({ req, res, actor, query }) => {
      const { image, replayed, waitedSeconds } = await receiveUpload(req, res, actor, { path: uploadPath, query });
      const headers = {
        Location: `${publicUrl}/image/${image.id}`,
        ...(waitedSeconds > 0 && { 'Preference-Applied': `wait=${waitedSeconds}` }),
        ...(replayed && { 'Idempotency-Replayed': 'true' }),
      };
      return { status: 201, body: image, headers };
    },
  });
}

function listRoute({ listImages, streamImages, listTag, publicUrl }: ImagesRoutesDeps): Route {
  const kept = createKeptAnswers();
  return defineRoute({
    method: 'get',
    path: '/image/all',
    operationId: 'listImages',
    tag,
    summary: 'Your images',
    description: [
      'Newest first. Without `limit` and `cursor` it is everything, streamed, however many they are; with them it is a',
      'page, and the `Link` header has the next one as long as there is one.',
      '',
      'The `ETag` covers images, thumbnails, tier and presigned URLs; ask with `If-None-Match` and get 304 while nothing',
      'changed. Uploads that still run are not here.',
    ].join('\n'),
    auth: 'bearer',
    query: listImagesQuerySchema,
    headers: { 'If-None-Match': 'The `ETag` of the answer before.' },
    responses: {
      200: {
        description: 'The images.',
        schema: z.array(imageSchema),
        headers: { Link: 'The next page: `<…>; rel="next"`', ETag: 'Weak', 'Cache-Control': '`private, no-cache`' },
      },
      304: { description: 'Nothing changed since the answer that had this `ETag`.' },
    },
    errors: ['invalid_request', 'unavailable'],
    handler: async ({ req, res, actor, query }): Promise<Reply | undefined> => {
      const tag = listTag(actor, query);
      const headers: Record<string, string> = { ETag: tag, 'Cache-Control': 'private, no-cache' };
      if (isKnownTag(req.headers['if-none-match'], tag)) return { status: 304, headers };
      const known = kept.get(tag);
      if (known) return { status: 200, json: known.body, headers: known.headers };
      if (query.limit === undefined && query.cursor === undefined) {
        for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
        const keep = { maxBytes: kept.maxAnswerBytes, whole: (body: Buffer) => kept.put(tag, { body, headers }) };
        return streamJsonArray(req, res, streamImages(actor, query), { keep });
      }
      const page = { ...query, limit: query.limit ?? defaultListLimit };
      const { items, nextCursor } = await listImages(actor, page);
      if (nextCursor !== null) headers.Link = `<${nextPageUrl(publicUrl, query, nextCursor)}>; rel="next"`;
      const json = Buffer.from(JSON.stringify(items));
      kept.put(tag, { body: json, headers });
      return { status: 200, json, headers };
    },
  });
}

function nextPageUrl(publicUrl: string, query: Record<string, string | number | undefined>, cursor: string): string {
  const url = new URL(`${publicUrl}/image/all`);
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

function imageRoutes({ getImage, renameImage, deleteImage }: ImagesRoutesDeps): Route[] {
  const path = '/image/{id}';
  return [
    defineRoute({
      method: 'get',
      path,
      operationId: 'getImage',
      tag,
      summary: 'One image',
      description: "Another account's image is 404, as one that does not exist.",
      auth: 'bearer',
      params,
      responses: { 200: { description: 'The image.', schema: imageSchema } },
      errors: ['not_found', 'unavailable'],
      handler: async ({ actor, params: { id } }) => ({ status: 200, body: await getImage(actor, id) }),
    }),
    defineRoute({
      method: 'patch',
      path,
      operationId: 'renameImage',
      tag,
      summary: 'Rename an image',
      description: 'The rules of a name are those of an upload; a clash is 409 `name_taken`, never a suffix.',
      auth: 'bearer',
      params,
      body: renameImageSchema,
      responses: { 200: { description: 'The image with its new name.', schema: imageSchema } },
      errors: [
        'invalid_request',
        'invalid_filename',
        'incomplete_body',
        'not_found',
        'name_taken',
        'too_large',
        'unsupported_type',
        'unsupported_encoding',
        'unavailable',
      ],
      handler: async ({ actor, params: { id }, body, origin }) => ({
        status: 200,
        body: await renameImage(actor, { imageId: id, name: body.name, origin }),
      }),
    }),
    defineRoute({
      method: 'delete',
      path,
      operationId: 'deleteImage',
      tag,
      summary: 'Delete an image',
      description:
        'When this answers, the image is gone or certain to go: row, original, thumbnails and links. A thumbnail that is still being made goes too.',
      auth: 'bearer',
      params,
      responses: { 204: { description: 'Gone.' } },
      errors: ['not_found', 'unavailable'],
      handler: async ({ actor, params: { id } }) => {
        await deleteImage(actor, id);
        return { status: 204 };
      },
    }),
  ];
}
