import type { z } from 'zod';
import { fromZodError } from './from-zod-error.ts';

/** The input as its schema gives it back, or `invalid_request` that names each field at fault. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw fromZodError(parsed.error);
  return parsed.data;
}
