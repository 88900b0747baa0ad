import { Router } from 'express';
import type { FunctionHealth } from '../thumbnailing/function-invoker.ts';

export interface HealthDeps {
  /** What the service cannot do without. Each resolves when it works and rejects when not. */
  checks: { database(): Promise<unknown>; store(): Promise<unknown> };
  /** Reported, and does not decide: thumbnails come later when it is back. */
  functionHealth(): FunctionHealth;
  /** Aborted when the server begins to stop: it is not ready any more. */
  stopping?: AbortSignal;
}

const checkMilliseconds = 2_000;

/** `/healthz`: the process answers. `/readyz`: it can serve; else 503, naming what does not work. */
export function createHealthRoutes({ checks, functionHealth, stopping }: HealthDeps): Router {
  const router = Router();
  router.use(['/healthz', '/readyz'], (req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    if (req.method === 'GET' || req.method === 'HEAD') next();
    else res.status(405).setHeader('Allow', 'GET, HEAD').end();
  });
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const [database, store] = await Promise.all([works(checks.database), works(checks.store)]);
    const isReady = database && store && !stopping?.aborted;
    const { status, queued } = functionHealth();
    res.status(isReady ? 200 : 503).json({
      status: isReady ? 'ready' : stopping?.aborted ? 'stopping' : 'not ready',
      database: database ? 'ok' : 'does not work',
      store: store ? 'ok' : 'does not work',
      function: { status, ...(queued === undefined ? {} : { queued }) },
    });
  });
  return router;
}

async function works(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, checkMilliseconds, false);
  });
  const answer = Promise.resolve()
    .then(check)
    .then(
      () => true,
      () => false,
    );
  const result = await Promise.race([answer, tooLate]);
  clearTimeout(timer);
  return result;
}
