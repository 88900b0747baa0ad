import { request } from 'node:http';
import { pathToFileURL } from 'node:url';

/**
 * Runs in the function's child process: asks the runtime API for an invocation, calls the handler, answers; over and over
 * (AWS: "Using the Lambda runtime API"). It ends when its parent does: the pipe on its standard input closes.
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
      res.on('end', () => resolve({ headers: res.headers, body: Buffer.concat(chunks).toString() }));
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

async function loadHandler(): Promise<(event: unknown, context: object) => Promise<unknown>> {
  try {
    const { handler } = await import(pathToFileURL(process.env.DARKROOM_HANDLER_FILE ?? '').href);
    return handler;
  } catch (error) {
    await call('POST', 'init/error', describe(error));
    process.exit(1);
  }
}

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));

const handler = await loadHandler();
for (;;) {
  const { headers, body } = await call('GET', 'invocation/next');
  const requestId = String(headers['lambda-runtime-aws-request-id']);
  try {
    const answer = await handler(JSON.parse(body), { awsRequestId: requestId });
    await call('POST', `invocation/${requestId}/response`, answer ?? null);
  } catch (error) {
    await call('POST', `invocation/${requestId}/error`, describe(error));
  }
}
