import type { Row } from '../adapter/panel-definition.ts';

/**
 * Adds what one query knows about all rows of a page, found again by `id`. A row that it does not find was deleted
 * meanwhile, and is taken out.
 */
export async function addColumns(rows: Row[], read: (ids: string[]) => Promise<Row[]>): Promise<void> {
  if (rows.length === 0) return;
  const found = await read(rows.map((row) => String(row.id)));
  const byId = new Map(found.map((columns) => [columns.id, columns]));
  const there = rows.filter((row) => byId.has(row.id));
  for (const row of there) Object.assign(row, byId.get(row.id));
  rows.splice(0, rows.length, ...there);
}
