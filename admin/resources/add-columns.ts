import type { Row } from '../adapter/panel-definition.ts';

/** Adds what one query knows about all rows of a page, found again by `id`. */
export async function addColumns(rows: Row[], read: (ids: string[]) => Promise<Row[]>): Promise<void> {
  if (rows.length === 0) return;
  const found = await read(rows.map((row) => String(row.id)));
  const byId = new Map(found.map((columns) => [columns.id, columns]));
  for (const row of rows) Object.assign(row, byId.get(row.id));
}
