import { AppError } from '../../core/errors.ts';
import type { RecordAudit } from '../audit/record-audit.ts';
import type { Actor, Origin } from '../kernel/actor.ts';
import { can, requirePermission } from '../kernel/permissions.ts';
import type { Database } from '../models.ts';
import type { createAccountOf } from './create-account.ts';
import { createRowJudge, type JudgedRow } from './import/judge-rows.ts';
import { maxImportBytes, readUserFile } from './import/read-user-file.ts';
import type { makePasswordLinkOf } from './make-password-link.ts';

export interface ImportAccountsDeps extends Database {
  createAccount: ReturnType<typeof createAccountOf>;
  makePasswordLink: ReturnType<typeof makePasswordLinkOf>;
  recordAudit: RecordAudit;
}

export interface ImportedRow {
  line: number;
  username: string;
  /** `new` would be made by an import, `made` was made by this one. */
  verdict: 'new' | 'made' | 'exists' | 'wrong';
  problems: string[];
  hasPassword: boolean;
  /** By which somebody who came without a password sets it; for who may change users. */
  link?: string;
}

export interface ImportRequest {
  /** The file, 5 MiB at most. */
  bytes: Buffer;
  /** Only says what would be done. */
  isDryRun: boolean;
  origin: Origin;
  /** Aborted when nobody waits for the rest: it ends after the few rows that it is at. */
  signal: AbortSignal;
}

const judgedAtOnce = 100;
/** Each waits for the disk most of its time; few enough that logins and uploads have connections left. */
const madeAtOnce = 4;

/**
 * Makes the users of a CSV file, for staff with `users.add`, each by the same use case as anybody: row by row, so that
 * what was made stays made, and a file that was cut off is given again (who is there by then is left alone). Nobody
 * becomes staff by it. It is no job, because a file may hold passwords, which are kept nowhere: it runs while the caller
 * reads. `invalid_request`, `too_large`, and `conflict` while another one runs here.
 */
export function importAccountsOf(deps: ImportAccountsDeps) {
  let isRunning = false;

  async function* judged(bytes: Buffer): AsyncGenerator<JudgedRow> {
    const tiers = await deps.models.Tier.findAll({ attributes: ['id', 'name'] });
    const judge = createRowJudge(deps, new Map(tiers.map(({ id, name }) => [name.toLowerCase(), id])));
    for await (const lines of inBatches(readUserFile(bytes), judgedAtOnce)) yield* await judge(lines);
  }

  async function make(actor: Actor, row: JudgedRow, origin: Origin): Promise<ImportedRow> {
    if (!row.input) return shown(row);
    try {
      const { id } = await deps.createAccount(actor, row.input, origin);
      const hasPassword = row.input.password !== null;
      const needsLink = !hasPassword && row.input.isActive !== false && can(actor, 'users.change');
      const link = needsLink ? (await deps.makePasswordLink(actor, id, origin)).url : undefined;
      return { ...shown(row), verdict: 'made', ...(link === undefined ? {} : { link }) };
    } catch (error) {
      if (!(error instanceof AppError) || error.status >= 500) throw error;
      // Somebody else was quicker with this name.
      if (error.code === 'name_taken') return { ...shown(row), verdict: 'exists' };
      return { ...shown(row), verdict: 'wrong', problems: [error.detail] };
    }
  }

  async function* makeAll(actor: Actor, { bytes, origin, signal }: ImportRequest): AsyncGenerator<ImportedRow> {
    if (isRunning) throw new AppError('import_running', 'Another import is running. Try again when it is done.');
    isRunning = true;
    const counts = { made: 0, exists: 0, wrong: 0, new: 0 };
    try {
      for await (const rows of inBatches(judged(bytes), madeAtOnce)) {
        if (signal.aborted) return;
        const done = await Promise.all(rows.map((row) => make(actor, row, origin)));
        for (const { verdict } of done) counts[verdict] += 1;
        yield* done;
      }
    } finally {
      isRunning = false;
      const changes = { made: { to: counts.made }, alreadyThere: { to: counts.exists }, wrong: { to: counts.wrong } };
      await deps.recordAudit({ actor, action: 'import', resource: 'users', changes, origin });
    }
  }

  return async function* (actor: Actor, request: ImportRequest): AsyncGenerator<ImportedRow> {
    requirePermission(actor, 'users.add');
    if (request.bytes.length > maxImportBytes) throw new AppError('too_large', 'The file may have 5 MB at most.');
    if (!request.isDryRun) return yield* makeAll(actor, request);
    for await (const row of judged(request.bytes)) yield shown(row);
  };
}

export { maxImportBytes } from './import/read-user-file.ts';
export type ImportAccounts = ReturnType<typeof importAccountsOf>;

function shown({ line, username, verdict, problems, input }: JudgedRow): ImportedRow {
  return { line, username, verdict, problems, hasPassword: typeof input?.password === 'string' };
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}
