import { join } from 'node:path';
import type { Logger } from 'pino';
import type { ObjectStore } from '../core/storage/object-store.ts';
import type { Config } from './config.ts';
import { createLocalFunctionRunner } from './embedded/local-function-runner.ts';
import { projectRoot } from './project-root.ts';
import type { FunctionEnds, FunctionInvoker } from './thumbnailing/function-invoker.ts';

export interface StartFunctionDeps extends FunctionEnds {
  config: Config;
  store: ObjectStore;
  logger: Logger;
}

/** The thumbnail function of the settings: in AWS Lambda, or in child processes of this server. */
export async function startFunction({
  config,
  store,
  logger,
  onResult,
  onFailure,
}: StartFunctionDeps): Promise<FunctionInvoker> {
  const { lambdaName, ...limits } = config.thumbnailFunction;
  if (lambdaName !== null && config.s3) {
    const { region, originalsBucket } = config.s3;
    // A server whose function is its own child starts without this part of the SDK.
    const { createLambdaInvoker } = await import('./thumbnailing/lambda-invoker.ts');
    return createLambdaInvoker({ client: { region }, functionName: lambdaName, originalsBucket });
  }
  return createLocalFunctionRunner({
    ...limits,
    decoderFile: join(projectRoot, 'build/lambda/decoder.mjs'),
    runtimeFile: join(projectRoot, 'build/lambda/decoder-runtime.mjs'),
    store,
    maxPixels: config.maxPixels,
    logger,
    onResult,
    onFailure,
  });
}
