import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { FunctionEnds } from './thumbnailing/function-invoker.ts';
import type { ResultsQueue } from './thumbnailing/results-queue.ts';

export interface OpenResultsQueueDeps extends FunctionEnds {
  config: Config;
  logger: Logger;
}

/** The results queue of the settings, if there is one. */
export async function openResultsQueue(deps: OpenResultsQueueDeps): Promise<ResultsQueue | null> {
  const { config, logger, onResult, onFailure } = deps;
  const { s3, resultsQueueUrl, thumbnailFunction } = config;
  if (s3 === null || resultsQueueUrl === null) {
    if (thumbnailFunction.lambdaName !== null) {
      logger.warn('RESULTS_QUEUE_URL is not set: the sweep alone finds what the function made, a minute later');
    }
    return null;
  }
  const { createResultsQueue } = await import('./thumbnailing/results-queue.ts');
  return createResultsQueue({
    client: { region: s3.region },
    queueUrl: resultsQueueUrl,
    buckets: { originals: s3.originalsBucket, thumbnails: s3.thumbnailsBucket },
    onResult,
    onFailure,
    logger,
  });
}
