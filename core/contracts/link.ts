import { z } from 'zod';

export const maxLinkUses = 10_000;

/** What the tier of the one who asks lets a link be. */
export interface LinkLimits {
  readonly expiringLinkMinSeconds: number;
  readonly expiringLinkMaxSeconds: number;
  /** Pixels, ascending. */
  readonly thumbnailHeights: readonly number[];
}

/** ASCII digits, or a JSON integer; whatever else is given, or nothing, is answered with the one message. */
function wholeNumber(min: number, max: number, message: string) {
  const error = { error: message };
  return z
    .union(
      [
        z
          .string(error)
          .regex(/^[0-9]+$/, error)
          .transform(Number),
        z.int(error),
      ],
      error,
    )
    .pipe(z.number(error).min(min, error).max(max, error));
}

/**
 * What a new link needs, within the limits of a tier, with messages that name them. Reads `expire_time`, `max_uses`
 * and `height` as ASCII digits or JSON integers, and `expireTime` and `maxUses` as other spellings.
 */
export function createLinkSchemaFor(limits: LinkLimits) {
  const { expiringLinkMinSeconds: min, expiringLinkMaxSeconds: max, thumbnailHeights: heights } = limits;
  const height = `has to be one of your tier's heights: ${heights.join(', ')}; leave it out for the original`;
  const image = { error: 'has to be the id or the exact name of one of your images' };
  const link = z.object({
    image: z.string(image).min(1, image),
    expire_time: wholeNumber(min, max, `has to be a whole number of seconds, ${min} to ${max}, in digits`),
    max_uses: wholeNumber(1, maxLinkUses, `has to be a whole number, 1 to ${maxLinkUses}, in digits`).nullish(),
    height: wholeNumber(0, Number.MAX_SAFE_INTEGER, height)
      .refine((pixels) => heights.includes(pixels), { error: height })
      .nullish(),
  });
  return z.unknown().transform((given, context) => {
    const parsed = link.safeParse(onlySpelling(given, context));
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: 'custom', path: path.map((name) => spellingIn(given, name)), message });
    }
    return z.NEVER;
  });
}

const otherSpellings = { expireTime: 'expire_time', maxUses: 'max_uses' } as const;

function onlySpelling(given: unknown, context: z.RefinementCtx): unknown {
  if (typeof given !== 'object' || given === null) return {};
  const wish: Record<string, unknown> = { ...given };
  for (const [other, name] of Object.entries(otherSpellings)) {
    if (wish[other] === undefined) continue;
    if (wish[name] !== undefined) {
      context.addIssue({ code: 'custom', path: [name], message: `is given twice, as ${other} too; give it once` });
    }
    wish[name] = wish[other];
  }
  return wish;
}

/** A fault is named as the one who made it wrote it. */
function spellingIn(given: unknown, name: PropertyKey): PropertyKey {
  const others = Object.entries(otherSpellings).filter(([, plain]) => plain === name);
  return others.find(([other]) => Object.hasOwn(Object(given), other))?.[0] ?? name;
}

/** The parameters of a new link, as they are meant to be. */
export interface NewLink {
  image: string;
  expire_time: number | string;
  max_uses?: number | string | null;
  height?: number | string | null;
}

/**
 * The parameters as the document and typed clients see them. Nothing is checked by it: `createLinkSchemaFor` does that,
 * for the bounds are the tier's.
 */
export const createLinkRequestSchema = z
  .looseObject({
    image: z
      .unknown()
      .optional()
      .meta({
        override: { type: 'string', minLength: 1 },
        description: 'The id of one of your images, else the exact name of one.',
        example: 'cat.png',
      }),
    expire_time: z
      .unknown()
      .optional()
      .meta({
        override: { type: ['integer', 'string'], pattern: '^[0-9]+$' },
        description: "Whole seconds until the link ends, within the tier's bounds (300 to 30000 by default).",
        example: 300,
      }),
    max_uses: z
      .unknown()
      .optional()
      .meta({
        override: { type: ['integer', 'string', 'null'], pattern: '^[0-9]+$', minimum: 1, maximum: maxLinkUses },
        description: 'How often it may be opened. A use is a GET that is answered 200 or 206.',
      }),
    height: z
      .unknown()
      .optional()
      .meta({
        override: { type: ['integer', 'string', 'null'], pattern: '^[0-9]+$' },
        description: "Link to the thumbnail of this height, one of the tier's, instead of to the original.",
      }),
  })
  .meta({ id: 'NewLink', override: { required: ['image', 'expire_time'] } }) as unknown as z.ZodType<NewLink, NewLink>;

export const linkSchema = z
  .object({
    id: z.uuid(),
    url: z.url().describe('Opens without a login until `expiresAt`.'),
    image: z.uuid().describe('The id of the image.'),
    imageName: z.string(),
    expireTime: z.int().describe('Seconds, as asked for.'),
    expiresAt: z.iso.datetime({ precision: 3 }),
    maxUses: z.int().min(1).max(maxLinkUses).nullable().describe('Null: no limit.'),
    uses: z.int().min(0),
    createdAt: z.iso.datetime({ precision: 3 }),
  })
  .meta({ id: 'Link' });

export type Link = z.infer<typeof linkSchema>;
