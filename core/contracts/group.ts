import { z } from 'zod';

export const maxGroupNameCharacters = 150;

const groupNameSchema = z
  .string()
  .transform((name) => name.normalize('NFC').trim())
  .pipe(
    z
      .string()
      .min(1, 'Give the group a name.')
      .refine((name) => [...name].length <= maxGroupNameCharacters, `Use at most ${maxGroupNameCharacters} characters.`)
      .refine((name) => !/\p{Cc}|\p{Cs}/u.test(name), 'Leave out control characters.'),
  );

export const createGroupSchema = z.strictObject({
  name: groupNameSchema,
  permissions: z.array(z.string()).max(1_000).default([]),
});
export type CreateGroupInput = z.input<typeof createGroupSchema>;

/** Only what is to change. */
export const updateGroupSchema = z
  .strictObject({
    name: groupNameSchema,
    permissions: z.array(z.string()).max(1_000),
    version: z.int(),
  })
  .partial();
export type UpdateGroupInput = z.input<typeof updateGroupSchema>;
