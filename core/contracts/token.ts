import { z } from 'zod';

const jwtSchema = z.string().describe('A JSON Web Token of this service.');

export const credentialsSchema = z
  .object({
    username: z
      .string()
      .min(1, 'Give a username.')
      .describe('Upper and lower case are the same. White space around it is ignored.'),
    password: z.string().min(1, 'Give a password.'),
  })
  .meta({ id: 'Credentials' });
export type Credentials = z.infer<typeof credentialsSchema>;

/** The access token is for the Authorization header, 15 minutes; the refresh token for a new pair, 14 days. */
export const tokenPairSchema = z
  .object({
    access: jwtSchema.describe('For `Authorization: Bearer …`. 15 minutes, unless set otherwise.'),
    refresh: jwtSchema.describe('For a new pair, once. 14 days from the login, unless set otherwise.'),
  })
  .meta({ id: 'TokenPair' });
export type TokenPair = z.infer<typeof tokenPairSchema>;

export const refreshRequestSchema = z
  .object({ refresh: jwtSchema.min(1, 'Give the refresh token.') })
  .meta({ id: 'RefreshRequest' });

export const verifyRequestSchema = z
  .object({ token: jwtSchema.min(1, 'Give the token.') })
  .meta({ id: 'VerifyRequest' });

export const emptySchema = z.object({}).meta({ id: 'Empty' });
