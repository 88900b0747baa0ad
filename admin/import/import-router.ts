import { once } from 'node:events';
import { type Request, Router } from 'express';
import { AppError } from '../../core/errors.ts';
import { type ImportedRow, maxImportBytes } from '../../server/accounts/import-accounts.ts';
import { toAppError } from '../../server/http/to-app-error.ts';
import { defaultSenderLimits, watchBody } from '../../server/http/watch-body.ts';
import { problemIn, sayProblem } from '../locale/say-problem.ts';
import type { PanelDeps } from '../panel-deps.ts';
import type { PanelUser } from '../session/panel-user.ts';

/** A line of the answer: a row, or what ended it all in the middle. */
export type ImportLine = { row: ImportedRow } | { problem: { code: string; detail: string } };

/**
 * `POST /import/users?dryRun=1` with a CSV file as its body: an answer line by line (JSON), each when it is known, so
 * that a page can show how far it is. Without `dryRun` the users are made; it ends when the page goes.
 */
export function importRouter({ useCases, logger }: Pick<PanelDeps, 'useCases' | 'logger'>): Router {
  const router = Router({ caseSensitive: true });
  router.all('/import/users', async (req, res) => {
    if (req.method !== 'POST') throw new AppError('method_not_allowed', 'Use POST.', { allow: ['POST'] });
    const { actor, origin, language } = res.locals.panelUser as PanelUser;
    const left = new AbortController();
    res.once('close', () => left.abort());
    const rows = useCases.importAccounts(actor, {
      bytes: await readFileOf(req),
      isDryRun: req.query.dryRun === '1',
      origin,
      signal: left.signal,
    });
    // What is wrong with the whole file is known by then, and is an answer of its own.
    const first = await rows.next();
    res.setHeader('Content-Type', 'application/x-ndjson; charset=utf-8');
    res.setHeader('Cache-Control', 'no-store, no-transform');
    const send = async (line: ImportLine) => {
      if (!res.write(`${JSON.stringify(line)}\n`)) await once(res, 'drain', { signal: left.signal });
    };
    const said = (row: ImportedRow) => ({ ...row, problems: row.problems.map((one) => sayProblem(language, one)) });
    try {
      for (let next = first; !next.done; next = await rows.next()) await send({ row: said(next.value) });
      res.end();
    } catch (error) {
      await rows.return(undefined);
      if (left.signal.aborted) return;
      const problem = toAppError(error);
      const { code, status, cause } = problem;
      if (status >= 500) logger.error({ err: cause ?? error, requestId: origin.requestId }, 'an import ended early');
      const { detail } = problemIn(language, problem);
      res.end(`${JSON.stringify({ problem: { code, detail } } satisfies ImportLine)}\n`);
    }
  });
  return router;
}

/** The whole of it: two megabytes do no harm, and a slow row must not look like a slow sender. */
async function readFileOf(req: Request): Promise<Buffer> {
  if (!/^text\/csv\b/i.test(req.get('content-type') ?? '')) {
    throw new AppError('unsupported_type', 'Send the file as text/csv.');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of watchBody(req, { ...defaultSenderLimits, maxBytes: maxImportBytes })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
