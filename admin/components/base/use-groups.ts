import { ApiClient, type RecordJSON } from 'adminjs';
import { useEffect, useState } from 'react';

const most = 500;

/** The groups there are, by name, 500 at most; none for who may not see them. */
export function useGroups(): RecordJSON[] {
  const [groups, setGroups] = useState<RecordJSON[]>([]);
  useEffect(() => {
    let isHere = true;
    new ApiClient()
      .resourceAction({ resourceId: 'groups', actionName: 'list', params: { perPage: most, sortBy: 'name' } })
      .then(({ data }) => isHere && setGroups((data as { records?: RecordJSON[] }).records ?? []))
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, []);
  return groups;
}
