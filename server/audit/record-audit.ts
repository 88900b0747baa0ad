import type { Transaction } from 'sequelize';
import { v7 as uuidV7 } from 'uuid';
import type { Origin } from '../kernel/actor.ts';
import type { Models } from '../models.ts';
import type { AuditChanges } from './audit-entry.model.ts';

export interface AuditEntry {
  /** Who did it; null for the service itself, or when nobody knows. */
  actor: { accountId: string; username: string } | null;
  /** `login`, `login_failed`, `add`, `change`, `delete`, `set_password` … */
  action: string;
  /** A resource id of the panel: `users`, `tiers` … */
  resource?: string;
  recordId?: string;
  /** The record's name then, so that the log can be read after it is gone. */
  recordTitle?: string;
  changes?: AuditChanges;
  /** Null for what no request asked for. */
  origin: Origin | null;
}

export type RecordAudit = (entry: AuditEntry, transaction?: Transaction) => Promise<void>;

const secretNames = /password|secret|token|hash|cookie|authorization/i;
const maxTextCharacters = 1_000;

/**
 * Writes a line of the log, in the transaction of what it tells about, so that there is never one without the other.
 * Values of fields whose names sound secret are replaced, long texts are cut.
 */
export function recordAuditOf(models: Models): RecordAudit {
  return async ({ actor, action, resource, recordId, recordTitle, changes = {}, origin }, transaction) => {
    await models.AuditEntry.create(
      {
        id: uuidV7(),
        actorId: actor?.accountId ?? null,
        actorName: clean(actor?.username ?? ''),
        action,
        resource: resource ?? '',
        recordId: recordId ?? '',
        recordTitle: clean(recordTitle ?? ''),
        changes: redact(changes),
        address: clean(origin?.address ?? ''),
        requestId: origin?.requestId ?? '',
      },
      { transaction },
    );
  };
}

/** What differs between two states of a record, for `changes`. Lists count as the same in any order. */
export function changesBetween<Fields extends object>(from: Fields, to: Fields): AuditChanges {
  const changes: AuditChanges = {};
  for (const name of Object.keys(to) as (keyof Fields & string)[]) {
    if (comparable(from[name]) !== comparable(to[name])) changes[name] = { from: from[name], to: to[name] };
  }
  return changes;
}

function comparable(value: unknown): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value) ?? 'undefined';
}

function redact(changes: AuditChanges): AuditChanges {
  return Object.fromEntries(
    Object.entries(changes).map(([name, change]) => [
      name,
      secretNames.test(name) ? { to: '(hidden)' } : (cleanDeep(change) as AuditChanges[string]),
    ]),
  );
}

function cleanDeep(value: unknown): unknown {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map(cleanDeep);
  if (value instanceof Date || value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleanDeep(inner)]));
}

/** PostgreSQL takes neither NUL nor half of a surrogate pair. */
function clean(text: string): string {
  return Buffer.from(text.slice(0, maxTextCharacters)).toString().replaceAll('\0', '\uFFFD');
}
