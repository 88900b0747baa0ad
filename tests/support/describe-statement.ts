import pg from 'pg';

/** The columns of a statement's rows with their types, as PostgreSQL says, without running it. */
export async function describeStatement(databaseUrl: string, text: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const parameters = Math.max(0, ...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
    // Row descriptions come before the execution, which may then fail on the nulls.
    let fields: { name: string; dataTypeID: number }[] | undefined;
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    connection.on('rowDescription', (message: { fields: { name: string; dataTypeID: number }[] }) => {
      fields ??= message.fields;
    });
    await client.query('BEGIN');
    const failure = await client
      .query({ name: 'described', text, values: Array.from({ length: parameters }, () => null) })
      .then(
        () => null,
        (error: Error) => error,
      );
    await client.query('ROLLBACK');
    if (!fields) {
      const isConstraint = failure && 'code' in failure && /^(23|22|P0)/.test(String(failure.code));
      if (failure && !isConstraint) throw failure;
      return {};
    }
    const described = fields;
    const types = await client.query<{ oid: number; typname: string }>(
      'SELECT oid::int AS oid, typname FROM pg_type WHERE oid = ANY ($1)',
      [described.map(({ dataTypeID }) => dataTypeID)],
    );
    const nameOf = new Map(types.rows.map(({ oid, typname }) => [oid, typname]));
    return Object.fromEntries(
      described.map(({ name, dataTypeID }) => [name, nameOf.get(dataTypeID) ?? String(dataTypeID)]),
    );
  } finally {
    await client.end();
  }
}
