import { ApiClient, type RecordJSON } from 'adminjs';
import { useEffect, useState } from 'react';

/** The groups there are; none for who may not see them. */
export function useGroups(): RecordJSON[] {
  const [groups, setGroups] = useState<RecordJSON[]>([]);
  useEffect(() => {
    let isHere = true;
    new ApiClient()
      .searchRecords({ resourceId: 'groups', query: '' })
      .then((found) => isHere && setGroups(found))
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, []);
  return groups;
}
