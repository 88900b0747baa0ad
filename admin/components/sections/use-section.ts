import { type ActionProps, ApiClient } from 'adminjs';
import { useEffect, useState } from 'react';

/** What a section of a record's page shows; absent until it is there. `reload` reads it anew. */
export function useSection<T>({ action, resource, record }: ActionProps): { section: T | undefined; reload(): void } {
  const [section, setSection] = useState<T>();
  const [round, setRound] = useState(0);
  const recordId = record?.id ?? '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round reads it anew
  useEffect(() => {
    let isHere = true;
    new ApiClient()
      .recordAction({ resourceId: resource.id, recordId, actionName: action.name })
      .then(({ data }) => isHere && setSection((data as unknown as { section?: T }).section))
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, [resource.id, recordId, action.name, round]);
  return { section, reload: () => setRound((before) => before + 1) };
}
