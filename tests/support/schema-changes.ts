import type pg from 'pg';

export interface SchemaSnapshot {
  /** `table.column` to what it takes. */
  columns: Map<string, { type: string; isRequired: boolean }>;
  /** Checks, keys and foreign keys by `table.name`, with the columns that they are about. */
  constraints: Map<string, string[]>;
  /** `table.name` */
  indexes: Map<string, { isUnique: boolean }>;
}

/** What the tables of a database look like to those who write to them. */
export async function readSchema(client: pg.Client): Promise<SchemaSnapshot> {
  const columns = await client.query<{ key: string; type: string; isRequired: boolean }>(
    `SELECT c.relname || '.' || a.attname AS key, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "isRequired"
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`,
  );
  // Of a column that must have a value, its attribute tells already (contype n).
  const constraints = await client.query<{ key: string; columns: string[] }>(
    `SELECT c.relname || '.' || o.conname AS key,
       ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = o.conrelid AND a.attnum = ANY (o.conkey)) AS columns
     FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
     WHERE c.relnamespace = 'public'::regnamespace AND o.contype <> 'n'`,
  );
  const indexes = await client.query<{ key: string; isUnique: boolean }>(
    `SELECT c.relname || '.' || i.relname AS key, x.indisunique AS "isUnique"
     FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
     WHERE c.relnamespace = 'public'::regnamespace`,
  );
  return {
    columns: new Map(columns.rows.map(({ key, ...column }) => [key, column])),
    constraints: new Map(constraints.rows.map(({ key, columns }) => [key, columns])),
    indexes: new Map(indexes.rows.map(({ key, isUnique }) => [key, { isUnique }])),
  };
}

const tableOf = (key: string) => key.slice(0, key.indexOf('.'));

/** What a server that only knows the shape before could no longer read, or no longer write. */
export function findBreaks(before: SchemaSnapshot, after: SchemaSnapshot): string[] {
  const tables = new Set([...before.columns.keys()].map(tableOf));
  const breaks: string[] = [];
  for (const [key, column] of before.columns) {
    const now = after.columns.get(key);
    if (!now) breaks.push(`${key} is gone`);
    else if (now.type !== column.type) breaks.push(`${key} was ${column.type} and is ${now.type}`);
    else if (now.isRequired && !column.isRequired) breaks.push(`${key} must be given now`);
  }
  for (const [key, column] of after.columns) {
    if (tables.has(tableOf(key)) && !before.columns.has(key) && column.isRequired) breaks.push(`${key} must be given`);
  }
  for (const [key, columns] of after.constraints) {
    const isOfOld = columns.some((column) => before.columns.has(`${tableOf(key)}.${column}`));
    if (tables.has(tableOf(key)) && isOfOld && !before.constraints.has(key)) breaks.push(`${key} limits old columns`);
  }
  for (const [key, { isUnique }] of after.indexes) {
    const isOfConstraint = after.constraints.has(key);
    if (isUnique && tables.has(tableOf(key)) && !before.indexes.has(key) && !isOfConstraint) {
      breaks.push(`${key} is unique`);
    }
  }
  return breaks;
}

/** Indexes that a step has put on tables that were there before it. */
export function findNewIndexes(before: SchemaSnapshot, after: SchemaSnapshot): string[] {
  const tables = new Set([...before.columns.keys()].map(tableOf));
  return [...after.indexes.keys()].filter((key) => tables.has(tableOf(key)) && !before.indexes.has(key));
}
