import { ApiClient } from 'adminjs';
import { useEffect, useState } from 'react';

export interface FacetChoice {
  value: string;
  label: string;
  count: number;
}

/** One filter at the side of a list, as the server counts it. */
export interface Facet {
  name: string;
  kind: 'choices' | 'dates' | 'named';
  choices: FacetChoice[];
  isCut: boolean;
  empty?: { yes: number; no: number };
}

const unimportant = ['page', 'perPage', 'sortBy', 'direction', 'refresh'];

/** The filters of a list, counted anew when the search or a filter changes. */
export function useFacets(resourceId: string, params: URLSearchParams): Facet[] {
  const [found, setFound] = useState<{ resourceId: string; facets: Facet[] }>();
  const asked = new URLSearchParams(params);
  for (const name of unimportant) asked.delete(name);
  const search = asked.toString();
  useEffect(() => {
    let isHere = true;
    new ApiClient()
      .resourceAction({ resourceId, actionName: 'facets', params: new URLSearchParams(search) })
      .then(({ data }) => isHere && setFound({ resourceId, facets: (data as { facets?: Facet[] }).facets ?? [] }))
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, [resourceId, search]);
  return found?.resourceId === resourceId ? found.facets : [];
}
