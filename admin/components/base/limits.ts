import { type RecordJSON, useCurrentAdmin } from 'adminjs';
import type { Limits } from '../../access/limits.ts';
import type { PersonOfPage } from '../../session/panel-user.ts';
import { readParam } from './read-param.ts';

/** What who works here may not do with a record, as the server has decided it. */
export function limitsOf(record: RecordJSON): Limits {
  return (readParam(record, 'limits') ?? {}) as Limits;
}

/** What they may not give a new record of a resource. */
export function useNewLimits(resourceId: string): Limits {
  return usePersonOfPage()?.newLimits[resourceId] ?? {};
}

/** The permissions that they may give and take away. */
export function useHeldPermissions(): readonly string[] {
  return usePersonOfPage()?.holds ?? [];
}

function usePersonOfPage(): PersonOfPage | null {
  return useCurrentAdmin()[0] as unknown as PersonOfPage | null;
}
