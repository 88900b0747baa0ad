import { z } from 'zod';
import { errorCodes } from '../errors.ts';

/** RFC 9457, with `code` for programs and `errors` for invalid input. */
export const problemSchema = z
  .object({
    type: z.string().describe('`about:blank` or a page about this code'),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().describe('For a person: what is wrong and what to do next'),
    code: z.enum(errorCodes).describe('Stable; programs decide by it'),
    instance: z.string().describe('The id of the request, also in `X-Request-Id`'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('Each field or parameter that did not pass'),
  })
  .meta({ id: 'Problem' });

export type Problem = z.infer<typeof problemSchema>;
