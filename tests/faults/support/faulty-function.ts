import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { originalKeyOfThumbnail, parseOriginalKey, parseResultKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { readFunctionConfig } from '../../../lambda/config.ts';
import { createHandler } from '../../../lambda/handler.ts';
import { makeThumbnails, restrictDecoder } from '../../../lambda/make-thumbnails.ts';

/** Where in its work the function meets the fault. */
export type FaultStep =
  | 'before the original'
  | 'before a thumbnail'
  | 'after a thumbnail'
  | 'before the result'
  | 'after the result';

export interface Fault {
  step: FaultStep;
  /** `pause` waits for the file `go`. */
  act: 'crash' | 'hang' | 'pause';
  /** How often; then it works. */
  times: number;
}

/** By image id, in `FAULTS_DIRECTORY/plan.json`; every invocation leaves a line in `FAULTS_DIRECTORY/invocations`. */
export type FaultPlan = Record<string, Fault>;

const directory = process.env.FAULTS_DIRECTORY ?? '';

function linesOf(file: string): string[] {
  const path = join(directory, file);
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

async function meet(step: FaultStep, originalKey: string | null): Promise<void> {
  const imageId = parseOriginalKey(originalKey ?? '')?.imageId ?? '';
  const plan: FaultPlan = JSON.parse(linesOf('plan.json')[0] ?? '{}');
  const fault = plan[imageId];
  if (fault?.step !== step || linesOf('met').filter((line) => line === imageId).length >= fault.times) return;
  appendFileSync(join(directory, 'met'), `${imageId}\n`);
  if (fault.act === 'crash') process.kill(process.pid, 'SIGSEGV');
  while (fault.act === 'hang');
  while (!existsSync(join(directory, 'go'))) await wait(10);
}

const { store, ...config } = await readFunctionConfig();

const faultyStore: ObjectStore = {
  ...store,
  async get(bucket, key, options) {
    appendFileSync(join(directory, 'invocations'), `${parseOriginalKey(key)?.imageId}\n`);
    await meet('before the original', key);
    return store.get(bucket, key, options);
  },
  async put(bucket, key, body, options) {
    const result = parseResultKey(key);
    const original = originalKeyOfThumbnail(key);
    await meet(result ? 'before the result' : 'before a thumbnail', original);
    const info = await store.put(bucket, key, body, options);
    await meet(result ? 'after the result' : 'after a thumbnail', original);
    return info;
  },
};

restrictDecoder();

/** The thumbnail function, whose store a test breaks. */
export const handler = createHandler({ ...config, store: faultyStore, makeThumbnails, log: () => {} });
