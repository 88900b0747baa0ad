import pg from 'pg';

/** Tables that never grow with images and people. */
const small = new Set(['tiers', 'installation', 'groups', 'migrations']);
/** What is no query, or none that has a plan. */
const unplanned = /^\s*(BEGIN|START|COMMIT|ROLLBACK|SET|SHOW|LISTEN|NOTIFY|SAVEPOINT|RELEASE|VACUUM|EXPLAIN)\b/i;

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

function scansIn(plan: Plan): string[] {
  const relation = plan['Relation Name'] ?? '';
  const own = plan['Node Type'] === 'Seq Scan' && !small.has(relation) ? [relation] : [];
  return [...own, ...(plan.Plans ?? []).flatMap(scansIn)];
}

/** The statements among these for which PostgreSQL reads a whole table that can be large, each with that table. */
export async function findTableScans(
  url: string,
  statements: readonly { text: string; values: readonly unknown[] }[],
): Promise<{ explained: string[]; scans: string[] }> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const explained = new Set<string>();
  const scans: string[] = [];
  try {
    for (const { text, values } of statements) {
      if (text === '' || unplanned.test(text) || explained.has(text)) continue;
      explained.add(text);
      const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(`EXPLAIN (FORMAT JSON) ${text}`, [
        ...values,
      ]);
      const found = rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => scansIn(Plan)));
      if (found.length > 0) scans.push(`${found.join(', ')}: ${text.replaceAll(/\s+/g, ' ')}`);
    }
  } finally {
    await client.end();
  }
  return { explained: [...explained], scans };
}
