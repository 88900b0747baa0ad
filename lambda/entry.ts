import { readFunctionConfig } from './config.ts';
import { createHandler } from './handler.ts';
import { makeThumbnails, restrictDecoder } from './make-thumbnails.ts';

restrictDecoder();

/** What AWS Lambda calls. */
export const handler = createHandler({
  ...(await readFunctionConfig()),
  makeThumbnails,
  log: (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`),
});
