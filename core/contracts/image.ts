import { z } from 'zod';
import { failureCodes, imageWarnings } from '../thumbnails/thumbnail-result.ts';

export const imageStatuses = ['processing', 'ready', 'failed'] as const;
export const imageOrders = ['-createdAt', 'createdAt', 'name', '-name', 'bytes', '-bytes'] as const;
export type ImageOrder = (typeof imageOrders)[number];

/** ISO 8601 in UTC with milliseconds and `Z`. */
const instantSchema = z.iso.datetime({ precision: 3 });

const presignedSchema = z.object({
  url: z
    .url()
    .describe(
      'Presigned by the object store. The same string within a window of 30 minutes, so that it can be cached.',
    ),
  expiresAt: instantSchema.describe('When `url` ends; an hour from now at least.'),
});

export const thumbnailSchema = z
  .object({
    tierHeight: z.int().describe('The height that the tier asks for, in pixels'),
    height: z
      .int()
      .describe('Pixels. Less than `tierHeight` when the original is lower, or wider than 8192 after scaling'),
    width: z.int().describe('Pixels'),
    bytes: z.int(),
    contentType: z.string(),
  })
  .extend(presignedSchema.shape)
  .meta({ id: 'Thumbnail' });
export type Thumbnail = z.infer<typeof thumbnailSchema>;

export const imageSchema = z
  .object({
    id: z.uuid(),
    name: z
      .string()
      .describe('Unique among the images of its owner, case-sensitive, in NFC, at most 255 bytes of UTF-8'),
    contentType: z.string().describe('What the bytes are, whatever a header or a suffix said'),
    bytes: z.int(),
    width: z.int().describe('Pixels as a person sees it: after EXIF orientation'),
    height: z.int().describe('Pixels as a person sees it: after EXIF orientation'),
    sha256: z.string().describe('Of the original, in hex'),
    status: z.enum(imageStatuses).describe('Settles once. Heights that a tier gains later stand in `pendingHeights`'),
    failure: z
      .object({ code: z.enum(failureCodes), message: z.string() })
      .nullable()
      .describe('Why no thumbnail can be made, when `status` is `failed`; the original is kept'),
    warnings: z
      .array(z.enum(imageWarnings))
      .describe('`damaged`: parts of the file could not be read; the thumbnails show the rest'),
    pendingHeights: z.array(z.int()).describe('Heights of the tier that are still being made, ascending'),
    placeholder: z.string().nullable().describe('Thumbhash, base64'),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    original: presignedSchema.nullable().describe('Null unless the tier has `originalLink`'),
    thumbnails: z.array(thumbnailSchema).describe('One for each height of the tier now that is made, ascending'),
  })
  .meta({ id: 'Image' });
export type Image = z.infer<typeof imageSchema>;

export const renameImageSchema = z.strictObject({
  name: z.string().describe('Only the last path segment counts; then NFC. 1 to 255 bytes of UTF-8'),
});

export const maxListLimit = 1000;
export const defaultListLimit = 100;

const limitError = { error: `has to be a whole number, 1 to ${maxListLimit}, in digits` };

/** The query of GET `/image/all`. Values arrive as strings. */
export const listImagesQuerySchema = z.object({
  limit: z
    .string()
    .regex(/^[0-9]{1,9}$/, limitError)
    .transform(Number)
    .pipe(z.number().min(1, limitError).max(maxListLimit, limitError))
    .optional()
    .meta({
      description: `Page by page, with so many images each (${defaultListLimit} with a cursor alone). Without \`limit\` and \`cursor\` the answer is everything.`,
      override: { type: 'integer', minimum: 1, maximum: maxListLimit },
    }),
  cursor: z
    .string()
    .max(4096)
    .optional()
    .describe('From the `Link` header of the page before. It goes with the same order and the same filters only.'),
  name: z
    .string()
    .max(1000)
    .refine((text) => !/[\0\ufffd]/.test(text), { error: 'no name has such a character; send UTF-8, percent-encoded' })
    .optional()
    .describe('Images whose name contains this, whatever the case, the width and the kind of spaces'),
  status: z
    .enum(imageStatuses, { error: `has to be one of ${imageStatuses.join(', ')}` })
    .optional()
    .describe('Images of this status'),
  order: z
    .enum(imageOrders, { error: `has to be one of ${imageOrders.join(', ')}` })
    .default('-createdAt')
    .describe('Ties go by id. Names are in the order of their code points'),
});

/** Of the header `Idempotency-Key`: visible ASCII. */
export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{1,255}$/);

export const onConflictSchema = z
  .enum(['rename', 'error'], { error: 'has to be rename or error' })
  .default('rename')
  .describe(
    'When you have an image of this name already: `rename` makes `cat-1.png` of `cat.png`, `error` is 409 `name_taken`',
  );

/** The same for typed clients: numbers are numbers, and there is always a page. */
export const listImagesInputSchema = listImagesQuerySchema.omit({ limit: true, cursor: true }).extend({
  limit: z.int().min(1).max(maxListLimit).default(defaultListLimit),
  cursor: z.string().max(4096).nullish(),
});
