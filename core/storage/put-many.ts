import type { ObjectInfo, ObjectStore } from './object-store.ts';

/** `putMany` of a store that has nothing to gain from several objects at once. */
export function putManyOf(put: ObjectStore['put']): ObjectStore['putMany'] {
  return async (bucket, objects) => {
    const putOne = ({ key, body, ...options }: (typeof objects)[number]) => put(bucket, key, body, options);
    const first = objects.slice(0, -1).map(putOne);
    // When one fails, none is still on its way.
    await Promise.allSettled(first);
    const infos: ObjectInfo[] = await Promise.all(first);
    for (const last of objects.slice(-1)) infos.push(await putOne(last));
    return infos;
  };
}
