import { QueryTypes } from 'sequelize';
import { type CreateUserInput, createUserSchema, normalizeUsername } from '../../../core/contracts/user.ts';
import type { Database } from '../../models.ts';
import { checkPassword } from '../password-rules.ts';
import { flags, type UserLine } from './read-user-file.ts';

export interface JudgedRow {
  line: number;
  username: string;
  verdict: 'new' | 'exists' | 'wrong';
  /** What is wrong, in words for a person; never a value of the password. */
  problems: string[];
  /** What createAccount gets; absent unless it is new. */
  input?: CreateUserInput;
}

/** A row before it is known who is there. */
interface Judged extends JudgedRow {
  hasRights?: boolean;
}

const longestShown = 150;
const noRights =
  'An import gives no rights. Empty isStaff, isSuperuser, groupIds and permissions in this row, and give the rights afterwards.';

/** Says of each row what an import would do with it. One for a file: it knows the rows before. */
export function createRowJudge({ sequelize }: Pick<Database, 'sequelize'>, tiers: ReadonlyMap<string, string>) {
  const seen = new Map<string, number>();

  function judge({ line, cells, isUneven, hasRights }: UserLine): Judged {
    const username = (cells.username ?? '').slice(0, longestShown);
    const problems: string[] = isUneven ? ['This row has not as many cells as the first one.'] : [];
    const input: CreateUserInput = {
      username: normalizeUsername(cells.username ?? '') ?? cells.username ?? '',
      email: cells.email ?? '',
      password: cells.password ?? null,
    };
    if (cells.tier !== undefined) {
      const tierId = tiers.get(cells.tier.toLowerCase());
      if (tierId === undefined) problems.push(`There is no tier named ${cells.tier.slice(0, 60)}.`);
      else input.tierId = tierId;
    }
    if (cells.active !== undefined) {
      const isActive = flags.get(cells.active.toLowerCase());
      if (isActive === undefined) problems.push('active is yes or no.');
      else input.isActive = isActive;
    }
    const parsed = createUserSchema.safeParse(input);
    if (cells.username === undefined) problems.push('There is no user name.');
    else if (!parsed.success) problems.push(...parsed.error.issues.map(({ message }) => message));
    if (cells.password !== undefined) problems.push(...checkPassword(cells.password, input.username));

    const name = parsed.success ? parsed.data.username.toLowerCase() : '';
    const before = seen.get(name);
    if (before !== undefined) problems.push(`This user is in line ${before} already.`);
    else if (name !== '') seen.set(name, line);
    return problems.length > 0
      ? { line, username, verdict: 'wrong', problems }
      : { line, username, verdict: 'new', problems, input, hasRights };
  }

  /** A batch of rows, with one question to the database. */
  return async (lines: readonly UserLine[]): Promise<JudgedRow[]> => {
    const rows = lines.map(judge);
    const names = rows.flatMap(({ input }) => (input ? [input.username] : []));
    const there = await sequelize.query<{ username: string }>(
      'SELECT lower(username::text) AS username FROM accounts WHERE username = ANY ($1::text[]::citext[])',
      { bind: [names], type: QueryTypes.SELECT },
    );
    const existing = new Set(there.map(({ username }) => username));
    return rows.map(({ hasRights, ...row }) => {
      const { line, username } = row;
      if (row.input && existing.has(row.input.username.toLowerCase())) {
        return { line, username, verdict: 'exists', problems: [] };
      }
      if (!hasRights) return row;
      const problems = [noRights];
      return { line, username, verdict: 'wrong', problems };
    });
  };
}
