import { AppError } from '../../core/errors.ts';
import { deProblems } from './de-problems.ts';
import { languages } from './languages.ts';
import { plProblems } from './pl-problems.ts';
import { problemsIn, type SayProblem } from './problems-in.ts';
import type { Words } from './say-in.ts';

/** What errors say, by language. Not in languages.ts, because the server alone says it: the bundle goes without. */
export const problemWords: Record<string, Words> = { de: deProblems, pl: plProblems };

const says = new Map<string, SayProblem>(
  Object.entries(problemWords).map(([language, problems]) => [
    language,
    problemsIn(language, problems, languages[language]?.words),
  ]),
);

/** One message in the person's language; as it is, where there are no words for it. */
export function sayProblem(language: string, english: string): string {
  return says.get(language)?.(english) ?? english;
}

/**
 * The error with its messages in the person's language, at the moment when it is answered. What is said already stays
 * as it is.
 */
export function problemIn(language: string, error: AppError): AppError {
  if (!says.has(language)) return error;
  const { code, retryAfterSeconds, allow, extra, cause } = error;
  const errors = error.errors?.map(({ path, message }) => ({ path, message: sayProblem(language, message) }));
  const detail = detailIn(language, error);
  return new AppError(code, detail, { errors, cause, retryAfterSeconds, allow, extra });
}

/** A detail may be what stands at the first field: `name: is missing`. */
function detailIn(language: string, { detail, errors = [] }: AppError): string {
  const [first] = errors;
  return first?.path && detail === `${first.path}: ${first.message}`
    ? `${first.path}: ${sayProblem(language, first.message)}`
    : sayProblem(language, detail);
}
