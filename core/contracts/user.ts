import { z } from 'zod';
import { tierSchema } from './tier.ts';

export const maxUsernameCharacters = 150;
export const maxEmailCharacters = 254;
const usernamePattern = /^[\p{L}\p{N}_.@+-]+$/u;

/** Unicode's white space, its invisible marks (zero-width spaces, joiners, byte order marks) and the empty Braille cell. */
const invisible = /[\p{White_Space}\p{Cf}\u2800]/u;

/**
 * The form in which a username is kept and compared, or null when it is not one: without the white space that was
 * pasted around it; NFKC; letters and digits of any script and `@.+-_`; 1 to 150 characters (Django's
 * UnicodeUsernameValidator).
 */
export function normalizeUsername(typed: string): string | null {
  if (typed.length > 4 * maxUsernameCharacters) return null;
  const username = withoutInvisibleEnds(typed).normalize('NFKC');
  return usernamePattern.test(username) && [...username].length <= maxUsernameCharacters ? username : null;
}

function withoutInvisibleEnds(text: string): string {
  const characters = [...text];
  const isVisible = (character: string) => !invisible.test(character);
  return characters.slice(characters.findIndex(isVisible), characters.findLastIndex(isVisible) + 1).join('');
}

export const usernameSchema = z
  .string()
  .transform((typed, context) => {
    const username = normalizeUsername(typed);
    if (username !== null) return username;
    context.addIssue('Use 1 to 150 letters, digits and @ . + - _ only.');
    return z.NEVER;
  })
  .describe('1 to 150 letters, digits and `@.+-_`; unique regardless of case. White space around it is removed.');

export const emailSchema = z
  .union([z.literal(''), z.email('This is not an e-mail address.').max(maxEmailCharacters)], {
    error: 'This is not an e-mail address.',
  })
  .describe('May be empty.');

export const passwordSchema = z
  .string()
  .describe('12 to 1024 characters of any kind; not the username, not a common password.');

const flags = {
  isActive: z.boolean().describe('An inactive account cannot log in, and its tokens stop working at once.'),
  isStaff: z.boolean().describe('May enter the panel.'),
  isSuperuser: z.boolean().describe('May do everything there.'),
};
const rights = {
  groupIds: z.array(z.uuid()).max(1_000).describe('The groups whose permissions the account has.'),
  permissions: z.array(z.string()).max(1_000).describe('The permissions of its own.'),
};

/** An account as staff see it. */
export const userSchema = z
  .object({
    id: z.uuid(),
    username: z.string(),
    email: z.string(),
    ...flags,
    tier: z.object({ id: z.uuid(), name: z.string() }),
    groups: z.array(z.object({ id: z.uuid(), name: z.string() })),
    permissions: z.array(z.string()),
    dateJoined: z.iso.datetime(),
    lastLogin: z.iso.datetime().nullable(),
    version: z
      .int()
      .min(1)
      .describe('Goes up with each change; send it back with an edit to not overwrite another one.'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof userSchema>;

export const createUserSchema = z
  .strictObject({
    username: usernameSchema,
    email: emailSchema.default(''),
    password: passwordSchema.nullable().default(null).describe('Null: no password works until one is set.'),
    tierId: z.uuid().optional().describe('The default tier when absent.'),
    isActive: flags.isActive.default(true),
    isStaff: flags.isStaff.default(false),
    isSuperuser: flags.isSuperuser.default(false),
    groupIds: rights.groupIds.default([]),
    permissions: rights.permissions.default([]),
  })
  .meta({ id: 'CreateUser' });
export type CreateUserInput = z.input<typeof createUserSchema>;

export const updateUserSchema = z
  .strictObject({
    username: usernameSchema,
    email: emailSchema,
    tierId: z.uuid(),
    ...flags,
    ...rights,
    version: z.int(),
  })
  .partial()
  .describe('Only what is to change; `version` as it was read, to not overwrite the change of somebody else.')
  .meta({ id: 'UpdateUser' });
export type UpdateUserInput = z.input<typeof updateUserSchema>;

export const userOrders = ['username', '-username', 'dateJoined', '-dateJoined'] as const;

export const listUsersSchema = z.object({
  search: z.string().max(200).optional().describe('Words that all stand in the username or the e-mail address.'),
  tierId: z.uuid().optional(),
  isActive: z.boolean().optional(),
  isStaff: z.boolean().optional(),
  order: z.enum(userOrders).default('username'),
  limit: z.int().min(1).max(1_000).default(100),
  cursor: z.string().optional(),
});
export type ListUsersInput = z.input<typeof listUsersSchema>;

export const setPasswordSchema = z
  .strictObject({ password: passwordSchema.nullable().describe('Null: no password works any more.') })
  .meta({ id: 'SetPassword' });

export const changePasswordSchema = z
  .object({
    current: z.string().min(1, 'Give your current password.'),
    new: passwordSchema.min(1, 'Give a new password.'),
  })
  .meta({ id: 'ChangePassword' });

/** The caller's own account. */
export const meSchema = z
  .object({
    id: z.uuid(),
    username: z.string(),
    email: z.string(),
    tier: tierSchema,
    usage: z.object({
      images: z.int().min(0).describe('How many images are kept.'),
      bytes: z.int().min(0).describe('Their originals together, in bytes.'),
    }),
  })
  .meta({ id: 'Me' });
export type Me = z.infer<typeof meSchema>;
