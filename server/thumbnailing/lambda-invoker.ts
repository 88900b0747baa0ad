import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { AppError } from '../../core/errors.ts';
import { createOriginalEvent } from '../../core/thumbnails/function-event.ts';
import type { FunctionHealth, FunctionInvoker } from './function-invoker.ts';

export interface LambdaInvokerDeps {
  client: {
    region: string;
    /** Of a Lambda that is not AWS's. */
    endpoint?: string;
    /** Without it: AWS's own chain (environment, shared files, container, instance). */
    credentials?: LambdaClientConfig['credentials'];
  };
  /** Name or ARN. An ARN's own region wins. */
  functionName: string;
  /** The real name of the originals bucket: the function is told of an object in it. */
  originalsBucket: string;
  /** For each attempt; an invocation has three. */
  timeouts?: { connect: number; request: number };
}

const maxAttempts = 3;
const maxSockets = 64;

/**
 * The thumbnail function in AWS Lambda, asked asynchronously: Lambda queues the event and tries it again by itself when
 * the function fails. `invoke` rejects with `unavailable` when Lambda does not take it; the sweep asks again.
 */
export function createLambdaInvoker(deps: LambdaInvokerDeps): FunctionInvoker {
  const { functionName, originalsBucket, timeouts = { connect: 2_000, request: 5_000 } } = deps;
  const client = new LambdaClient({
    ...deps.client,
    region: regionOf(functionName) ?? deps.client.region,
    maxAttempts,
    retryMode: 'standard',
    requestHandler: {
      connectionTimeout: timeouts.connect,
      requestTimeout: timeouts.request,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets },
      httpsAgent: { maxSockets },
    },
  });
  let health: FunctionHealth = { status: 'unknown' };

  return {
    invoke: async ({ originalKey, recipe }) => {
      const command = new InvokeCommand({
        FunctionName: functionName,
        InvocationType: 'Event',
        Payload: Buffer.from(JSON.stringify(createOriginalEvent(originalsBucket, originalKey, recipe))),
      });
      try {
        await client.send(command);
        health = { status: 'ok' };
      } catch (error) {
        // Too many requests at once: the function works, and has enough to do.
        if (!isThrottled(error)) health = { status: 'down', detail: describe(error) };
        throw new AppError('unavailable', 'The thumbnail function does not take requests right now.', { cause: error });
      }
    },
    health: () => health,
    close: async () => client.destroy(),
  };
}

/** `arn:aws:lambda:REGION:ACCOUNT:function:NAME`; a name alone has none. */
function regionOf(functionName: string): string | undefined {
  return /^arn:[\w-]+:lambda:([\w-]+):/.exec(functionName)?.[1];
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && error.name === 'TooManyRequestsException';
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
