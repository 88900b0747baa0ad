import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AppError } from '../../../core/errors.ts';
import { parseMadeKey, parseOriginalKey } from '../../../core/storage/object-key.ts';
import type { ObjectStore } from '../../../core/storage/object-store.ts';
import { putManyOf } from '../../../core/storage/put-many.ts';

/** Where in the work on an original the fault is met. */
export type FaultStep =
  | 'before the original'
  | 'while it decodes'
  | 'before a thumbnail'
  | 'after a thumbnail'
  | 'before the result'
  | 'after the result';

export interface Fault {
  step: FaultStep;
  /**
   * `break`: the decoder crashes, the store fails. `hang`: the decoder does not come to an end. `pause`: the store waits
   * until it is let go.
   */
  act: 'break' | 'hang' | 'pause';
  /** How often; then it works. */
  times: number;
}

/** By image id. */
export type FaultPlan = Record<string, Fault>;

/** Bytes behind the picture, which the faulty decoder reads as an order. */
export const orderMark = '\nfaulty decoder: ';

/** The store under the function, which a test breaks. */
export function createFaultyStore(store: ObjectStore) {
  let planned: FaultPlan = {};
  const invocations: string[] = [];
  const met: string[] = [];
  const paused = new Set<() => void>();
  const countIn = (list: readonly string[], id: string) => list.filter((each) => each === id).length;

  function meets(step: FaultStep, imageId: string): Fault | null {
    const fault = planned[imageId];
    if (fault?.step !== step || countIn(met, imageId) >= fault.times) return null;
    met.push(imageId);
    return fault;
  }

  async function meet(step: FaultStep, imageId = ''): Promise<void> {
    const fault = meets(step, imageId);
    if (fault?.act === 'pause') await new Promise<void>((resolve) => paused.add(resolve));
    else if (fault) throw new AppError('unavailable', 'The store broke.');
  }

  const faulty: ObjectStore = {
    ...store,
    async get(bucket, key, options) {
      const imageId = parseOriginalKey(key)?.imageId ?? '';
      invocations.push(imageId);
      await meet('before the original', imageId);
      const object = await store.get(bucket, key, options);
      const fault = object && meets('while it decodes', imageId);
      if (!fault) return object;
      const bytes = Buffer.concat([await buffer(object.body), Buffer.from(orderMark + fault.act)]);
      return { ...object, bytes: bytes.length, body: Readable.from([bytes]) };
    },
    async put(bucket, key, body, options) {
      const made = parseMadeKey(key);
      await meet(made?.isResult ? 'before the result' : 'before a thumbnail', made?.imageId);
      const info = await store.put(bucket, key, body, options);
      await meet(made?.isResult ? 'after the result' : 'after a thumbnail', made?.imageId);
      return info;
    },
    putMany: (bucket, objects) => putManyOf(faulty.put)(bucket, objects),
    head: (...args) => store.head(...args),
    delete: (...args) => store.delete(...args),
  };

  return {
    store: faulty,
    plan: (faults: FaultPlan) => {
      planned = faults;
    },
    letGo: () => {
      for (const go of paused) go();
    },
    called: (imageId: string) => ({ invocations: countIn(invocations, imageId), met: countIn(met, imageId) }),
  };
}
