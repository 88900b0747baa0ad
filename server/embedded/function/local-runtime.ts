import { request } from 'node:http';
import { pathToFileURL } from 'node:url';
import { endWithParent } from './end-with-parent.ts';

/**
 * Runs in the function's child process: asks the runtime API for an invocation, calls the handler, answers; over and over
 * (AWS: "Using the Lambda runtime API").
 */
const api = new URL(`http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/`);

interface Answer {
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

function call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(new URL(path, api), { method, agent: false }, (res) => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('end', () => {
        const { statusCode = 0, headers } = res;
        if (statusCode < 300) resolve({ headers, body: Buffer.concat(chunks).toString() });
        else reject(new Error(`the runtime API answers ${path} with ${statusCode}`));
      });
      res.on('error', reject);
    });
    req.on('error', reject);
    req.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function describe(error: unknown) {
  if (!(error instanceof Error)) return { errorType: 'Error', errorMessage: String(error) };
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return { errorType: error.name, errorMessage: `${error.message}${cause}` };
}

type Handler = (event: unknown, context: object) => Promise<unknown>;

async function loadHandler(): Promise<Handler> {
  try {
    const { handler } = await import(pathToFileURL(process.env.DARKROOM_HANDLER_FILE ?? '').href);
    return handler;
  } catch (error) {
    await call('POST', 'init/error', describe(error));
    process.exit(1);
  }
}

/** A decoder gives little memory back: a process that holds much of it makes room for a new one between two images. */
function holdsMuchMemory(): boolean {
  const megabytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE);
  return process.memoryUsage.rss() > (megabytes * 1024 * 1024) / 2;
}

// Ctrl+C and service managers signal all processes at once: the parent lets what runs come to its end.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
endWithParent();
const handler = await loadHandler();
for (;;) {
  const { headers, body } = await call('GET', 'invocation/next');
  const requestId = String(headers['lambda-runtime-aws-request-id']);
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  const context = { awsRequestId: requestId, getRemainingTimeInMillis: () => deadline - Date.now() };
  try {
    const answer = await handler(JSON.parse(body), context);
    await call('POST', `invocation/${requestId}/response`, answer ?? null);
  } catch (error) {
    await call('POST', `invocation/${requestId}/error`, describe(error));
  }
  if (holdsMuchMemory()) process.exit(0);
}
