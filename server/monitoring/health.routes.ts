import { z } from 'zod';
import { type StoreRefusal, storeOperations } from '../../core/storage/refusals.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { type FunctionHealth, protections } from '../thumbnailing/function-invoker.ts';

export interface HealthDeps {
  /** What the service cannot do without. Each resolves when it works and rejects when not. */
  checks: { database(): Promise<unknown>; store(): Promise<unknown> };
  /** Reported, and does not decide: thumbnails come later when it is back. */
  functionHealth(): FunctionHealth;
  /** Reported, and does not decide: what the store refuses for good, such as every deletion. */
  storeRefusals?(): readonly StoreRefusal[];
  /** Aborted when the server begins to stop: it is not ready any more. */
  stopping?: AbortSignal;
  /** For how long an answer of the checks counts. */
  keptMilliseconds?: number;
}

const checkMilliseconds = 2_000;
/** A balancer asks each second; a stranger who asks a thousand times a second must not make the store work for it. */
const defaultKeptMilliseconds = 1_000;

const tag = 'Service';
const functionSchema = z.object({
  status: z.enum(['ok', 'down', 'unknown']),
  queued: z.int().optional().describe('Invocations that run or wait, where that is known.'),
  missingProtections: z
    .array(z.enum(protections))
    .optional()
    .describe('What this system cannot keep the decoder away with; the operations guide says what each is for.'),
});
const readinessSchema = z
  .object({
    status: z.enum(['ready', 'not ready', 'stopping']),
    database: z.string(),
    store: z.string(),
    storeRefuses: z
      .array(z.object({ operation: z.enum(storeOperations), bucket: z.enum(['originals', 'thumbnails']) }))
      .optional()
      .describe('Operations that the store refuses for good. Reported, and does not decide; the log has the reasons.'),
    function: functionSchema.describe('Reported, and does not decide.'),
  })
  .meta({ id: 'Readiness' });

/** `/healthz`: the process answers. `/readyz`: it can serve; else 503, naming what does not work. */
export function healthRoutes({
  checks,
  functionHealth,
  storeRefusals = () => [],
  stopping,
  keptMilliseconds = defaultKeptMilliseconds,
}: HealthDeps): Route[] {
  const check = shared(keptMilliseconds, () => Promise.all([works(checks.database), works(checks.store)]));
  return [
    defineRoute({
      method: 'get',
      path: '/healthz',
      operationId: 'health',
      tag,
      summary: 'Whether the process answers',
      auth: 'none',
      limitedAs: 'nothing',
      responses: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ok') }) } },
      errors: [],
      handler: async () => ({ status: 200, body: { status: 'ok' } }),
    }),
    defineRoute({
      method: 'get',
      path: '/readyz',
      operationId: 'readiness',
      tag,
      summary: 'Whether it can serve',
      description: 'It can when database and store work.',
      auth: 'none',
      limitedAs: 'nothing',
      responses: {
        200: { description: 'It can.', schema: readinessSchema },
        503: { description: 'It cannot; this names what does not work.', schema: readinessSchema },
      },
      errors: [],
      handler: async () => {
        const [database, store] = await check();
        const isReady = database && store && !stopping?.aborted;
        const { status, queued, missingProtections } = functionHealth();
        const storeRefuses = storeRefusals().map(({ operation, bucket }) => ({ operation, bucket }));
        return {
          status: isReady ? 200 : 503,
          body: {
            status: isReady ? 'ready' : stopping?.aborted ? 'stopping' : 'not ready',
            database: database ? 'ok' : 'does not work',
            store: store ? 'ok' : 'does not work',
            ...(storeRefuses.length > 0 ? { storeRefuses } : {}),
            function: {
              status,
              ...(queued === undefined ? {} : { queued }),
              ...(missingProtections === undefined ? {} : { missingProtections: [...missingProtections] }),
            },
          },
        };
      },
    }),
  ];
}

/** The same answer for all who ask while it is found, and for a while afterwards. */
function shared<Answer>(keptMilliseconds: number, find: () => Promise<Answer>): () => Promise<Answer> {
  let answer: Promise<Answer> | undefined;
  return () => {
    if (answer) return answer;
    const found = find();
    const forget = () => setTimeout(() => (answer = undefined), keptMilliseconds).unref();
    found.then(forget, forget);
    answer = found;
    return found;
  };
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
