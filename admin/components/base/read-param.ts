import { flat, type RecordJSON } from 'adminjs';

/** A field of a record; AdminJS keeps lists and objects in pieces (`heights.0`). */
export function readParam(record: RecordJSON | undefined, name: string): unknown {
  return record ? flat.get(record.params, name) : undefined;
}

export function readList<T>(record: RecordJSON | undefined, name: string): T[] {
  const value = readParam(record, name);
  return Array.isArray(value) ? value : [];
}
