import { z } from 'zod';

export const thumbnailFormats = ['same', 'webp', 'avif', 'jpeg'] as const;
export const thumbnailFormatSchema = z
  .enum(thumbnailFormats)
  .describe('`same` keeps the format of the original (TIFF gives JPEG, or PNG when it has transparency).');
export type ThumbnailFormat = z.infer<typeof thumbnailFormatSchema>;

export const minThumbnailHeight = 16;
export const maxThumbnailHeight = 4096;
export const maxThumbnailHeights = 16;
export const maxLinkSeconds = 604_800;
export const maxTierNameCharacters = 100;

/** 1 to 16 whole pixels, 16 to 4096, kept sorted and unique. */
export const thumbnailHeightsSchema = z
  .array(z.int().min(minThumbnailHeight).max(maxThumbnailHeight))
  .min(1)
  .transform((heights) => [...new Set(heights)].sort((a, b) => a - b))
  .pipe(z.array(z.number()).max(maxThumbnailHeights))
  .describe('Heights in pixels: 1 to 16 of them, 16 to 4096 each; kept sorted and unique.');

export const tierNameSchema = z
  .string()
  .transform((name) => name.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Give the tier a name.')
      .refine((name) => [...name].length <= maxTierNameCharacters, `Use at most ${maxTierNameCharacters} characters.`)
      .refine((name) => !/\p{Cc}|\p{Cs}/u.test(name), 'Leave out control characters.'),
  )
  .describe('1 to 100 characters, unique whatever its upper and lower case.');

const linkSeconds = z.int().min(1).max(maxLinkSeconds);
const bytes = z.int().min(0);
export const maxRatePerWindow = 1_000_000;
const rate = z.int().min(1).max(maxRatePerWindow).nullable();

const tierFields = {
  name: tierNameSchema,
  isDefault: z.boolean().describe('New accounts get this tier. One tier is the default at any time.'),
  thumbnailHeights: thumbnailHeightsSchema,
  thumbnailFormat: thumbnailFormatSchema,
  originalLink: z.boolean().describe('Images carry a link to the original.'),
  expiringLink: z.boolean().describe('Expiring links can be made.'),
  expiringLinkMinSeconds: linkSeconds.describe('The shortest life of an expiring link, in seconds.'),
  expiringLinkMaxSeconds: linkSeconds.describe('The longest life of an expiring link, in seconds; at most a week.'),
  maxUploadBytes: bytes.min(1).describe('The largest original, in bytes.'),
  quotaBytes: bytes.nullable().describe('All originals of an account together, in bytes; null for no limit.'),
  requestsPerMinute: rate.describe("Requests of an account in a minute; null for the service's own limit."),
  uploadsPerHour: rate.describe("Uploads of an account in an hour; null for the service's own limit alone."),
};

/** What an account may do. */
export const tierSchema = z
  .object({
    id: z.uuid(),
    ...tierFields,
    name: z.string(),
    thumbnailHeights: z
      .array(z.int().min(minThumbnailHeight).max(maxThumbnailHeight))
      .describe('Heights in pixels, ascending.'),
  })
  .meta({ id: 'Tier' });
export type Tier = z.infer<typeof tierSchema>;

/** What staff see of a tier. */
export const tierForStaffSchema = tierSchema
  .extend({
    version: z
      .int()
      .min(1)
      .describe('Goes up with each change; send it back with an edit to not overwrite another one.'),
    accounts: z.int().min(0).describe('How many accounts have it.'),
  })
  .meta({ id: 'TierForStaff' });
export type TierForStaff = z.infer<typeof tierForStaffSchema>;

/** Bounds that cross, as messages at the field; empty when they fit. */
export function linkBoundsFaults(tier: { expiringLinkMinSeconds: number; expiringLinkMaxSeconds: number }) {
  if (tier.expiringLinkMinSeconds <= tier.expiringLinkMaxSeconds) return [];
  return [{ path: 'expiringLinkMaxSeconds', message: 'Has to be at least expiringLinkMinSeconds.' }];
}

export const createTierSchema = z
  .strictObject({
    ...tierFields,
    isDefault: tierFields.isDefault.default(false),
    thumbnailFormat: thumbnailFormatSchema.default('same'),
    originalLink: tierFields.originalLink.default(false),
    expiringLink: tierFields.expiringLink.default(false),
    expiringLinkMinSeconds: tierFields.expiringLinkMinSeconds.default(300),
    expiringLinkMaxSeconds: tierFields.expiringLinkMaxSeconds.default(30_000),
    maxUploadBytes: tierFields.maxUploadBytes.default(52_428_800),
    quotaBytes: tierFields.quotaBytes.default(null),
    requestsPerMinute: rate.default(null),
    uploadsPerHour: rate.default(null),
  })
  .superRefine((tier, context) => {
    for (const { path, message } of linkBoundsFaults(tier)) context.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'CreateTier' });
export type CreateTierInput = z.input<typeof createTierSchema>;

/** Only what is to change. Whether the link bounds fit is known with the rest of the tier alone. */
export const updateTierSchema = z
  .strictObject({ ...tierFields, version: z.int() })
  .partial()
  .describe('Only what is to change; `version` as it was read, to not overwrite the change of somebody else.')
  .meta({ id: 'UpdateTier' });
export type UpdateTierInput = z.input<typeof updateTierSchema>;
