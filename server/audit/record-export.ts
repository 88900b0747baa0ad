import type { Actor, Origin } from '../kernel/actor.ts';
import { type Permission, type Resource, requirePermission } from '../kernel/permissions.ts';
import type { Models } from '../models.ts';
import { recordAuditOf } from './record-audit.ts';

export interface ExportFacts {
  resource: Resource;
  format: 'csv' | 'json';
  /** How many records there are to export. */
  records: number;
  search: string;
  filters: Record<string, unknown>;
}

/** Whoever takes records out of the panel needs `RESOURCE.view` and `RESOURCE.export`, and is in the log before the first one leaves. */
export function recordExportOf({ models }: { models: Models }) {
  const recordAudit = recordAuditOf(models);
  return async (actor: Actor, { resource, format, records, search, filters }: ExportFacts, origin: Origin) => {
    requirePermission(actor, `${resource}.view` as Permission);
    requirePermission(actor, `${resource}.export` as Permission);
    const changes = {
      format: { to: format },
      records: { to: records },
      ...(search ? { search: { to: search } } : {}),
      ...(Object.keys(filters).length > 0 ? { filters: { to: filters } } : {}),
    };
    await recordAudit({ actor, action: 'export', resource, changes, origin });
  };
}
