import { ApiClient } from 'adminjs';
import { useEffect, useState } from 'react';
import type { DeletionPlan } from '../../deletion/deletion-plan.ts';

const atOnce = 1_000;
const mostNames = 20;

/** What goes with these records, and what stays; absent until it is read, null when there is nothing that tells. */
export function useDeletionPlan(resourceId: string, ids: readonly string[], isAsked: boolean) {
  const [plan, setPlan] = useState<DeletionPlan | null>();
  const asked = isAsked ? ids.join(',') : '';
  useEffect(() => {
    if (asked === '') return;
    let isHere = true;
    readPlan(resourceId, asked.split(','))
      .then((found) => isHere && setPlan(found))
      .catch(() => isHere && setPlan(null));
    return () => {
      isHere = false;
    };
  }, [resourceId, asked]);
  return plan;
}

async function readPlan(resourceId: string, ids: string[]): Promise<DeletionPlan | null> {
  const api = new ApiClient();
  let whole: DeletionPlan = { goes: [], keeps: [] };
  for (let from = 0; from < ids.length; from += atOnce) {
    const data = { ids: ids.slice(from, from + atOnce) };
    const answer = await api.resourceAction({ resourceId, actionName: 'deletion', method: 'POST', data });
    const { plan } = answer.data as unknown as { plan?: DeletionPlan };
    if (!plan) return null;
    whole = joined(whole, plan);
  }
  return whole;
}

function joined(one: DeletionPlan, other: DeletionPlan): DeletionPlan {
  const kinds = new Set([...one.goes, ...other.goes].map(({ kind }) => kind));
  const goes = [...kinds].map((kind) => {
    const parts = [...one.goes, ...other.goes].filter((part) => part.kind === kind);
    return {
      kind,
      count: parts.reduce((sum, { count }) => sum + count, 0),
      names: parts.flatMap(({ names }) => names).slice(0, mostNames),
    };
  });
  return { goes, keeps: [...one.keeps, ...other.keeps] };
}
