import type { ZodError } from 'zod';
import { AppError, type FieldError } from './errors.ts';

/** `invalid_request` that names each field or parameter at fault. */
export function fromZodError(error: ZodError): AppError {
  const errors: FieldError[] = error.issues.flatMap((issue) =>
    pathsOf(issue).map((path) => ({ path: path.join('.'), message: messageOf(issue.message) })),
  );
  const first = errors[0];
  return new AppError(
    'invalid_request',
    first ? [first.path, first.message].filter(Boolean).join(': ') : 'Not valid.',
    {
      errors,
    },
  );
}

/** What does not belong to an object is at fault itself, not the object. */
function pathsOf(issue: ZodError['issues'][number]): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path];
}

const typeFault = 'Invalid input: expected ';

/** Zod's own words for a wrong type are for programmers. */
function messageOf(message: string): string {
  if (!message.startsWith(typeFault)) return message;
  const [expected, received] = message.slice(typeFault.length).split(', received ', 2);
  if (received === undefined) return message;
  return received === 'undefined' ? 'is missing' : `has to be of the type ${expected}, not ${received}`;
}
