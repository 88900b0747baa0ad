import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { objectsDirectory } from './embedded/data-folder.ts';
import { createLocalFunctionRunner } from './embedded/local-function-runner.ts';
import { projectRoot } from './project-root.ts';
import type { FunctionEnds, FunctionInvoker } from './thumbnailing/function-invoker.ts';

export interface StartFunctionDeps extends FunctionEnds {
  config: Config;
  logger: Logger;
}

/** The thumbnail function of the settings: in AWS Lambda, or in child processes of this server. */
export async function startFunction({
  config,
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
    handlerFile: join(projectRoot, 'build/lambda/index.mjs'),
    runtimeFile: join(projectRoot, 'build/lambda/local-runtime.mjs'),
    environment: { ...storeEnvironment(config), MAX_PIXELS: String(config.maxPixels) },
    logger,
    onResult,
    onFailure,
  });
}

/** How the function reaches the store: a folder, or S3 with the credentials that this server has. */
function storeEnvironment(config: Config): Record<string, string> {
  const { s3 } = config;
  if (!s3) return { OBJECT_STORE_DIRECTORY: objectsDirectory(config) };
  return {
    S3_REGION: s3.region,
    S3_ORIGINALS_BUCKET: s3.originalsBucket,
    S3_THUMBNAILS_BUCKET: s3.thumbnailsBucket,
    S3_FORCE_PATH_STYLE: String(s3.forcePathStyle),
    ...(s3.endpoint ? { S3_ENDPOINT: s3.endpoint } : {}),
    ...(s3.encryption ? { S3_ENCRYPTION: s3.encryption.algorithm } : {}),
    ...(s3.encryption?.kmsKeyId ? { S3_KMS_KEY_ID: s3.encryption.kmsKeyId } : {}),
    ...config.awsEnvironment,
  };
}
