import pg, { type Client } from 'pg';
import { type Sequelize, Transaction } from 'sequelize';

/** The PostgreSQL types (as `pg_type.typname` spells them) that arrive as a TypeScript type. */
type ColumnType<Value> = [Value] extends [boolean]
  ? 'bool'
  : [Value] extends [number]
    ? 'int2' | 'int4' | 'int8' | 'float8'
    : [Value] extends [string]
      ? 'text' | 'uuid' | 'citext' | 'varchar' | 'bytea'
      : [Value] extends [Date]
        ? 'timestamptz' | 'timestamp'
        : [Value] extends [readonly number[]]
          ? '_int4' | '_int8' | 'json' | 'jsonb'
          : [Value] extends [readonly string[]]
            ? '_text' | '_uuid' | '_varchar' | 'json' | 'jsonb'
            : 'json' | 'jsonb';

export interface Statement<Row extends object, Values extends readonly unknown[] = readonly unknown[]> {
  /** Unique in the service. The statement is prepared under this name, once per connection. */
  readonly name: string;
  readonly text: string;
  /**
   * True where the best plan depends on the values: PostgreSQL then plans it at every call (half a millisecond), because
   * the plan of a prepared statement suits the average account, not the one with a hundred thousand images.
   */
  readonly plannedEachTime?: boolean;
  /** Every column of a row with its PostgreSQL type; a test compares this with what PostgreSQL says. */
  readonly columns: { readonly [Column in keyof Row]-?: ColumnType<NonNullable<Row[Column]>> };
  /** Keeps the type of the values; never present. */
  readonly values?: Values;
}

const defined = new Map<string, Statement<object>>();

/**
 * Defines a statement of a hot path. It belongs in the file that owns its table, at module level: PostgreSQL plans a
 * prepared statement once per connection, not at every call.
 *
 *     const find = defineStatement<{ id: string }, [accountId: string]>({
 *       name: 'accounts.find', columns: { id: 'uuid' }, text: 'SELECT id FROM accounts WHERE id = $1' });
 */
export function defineStatement<Row extends object, Values extends readonly unknown[] = []>(
  statement: Omit<Statement<Row, Values>, 'values'>,
): Statement<Row, Values> {
  if (defined.has(statement.name)) throw new Error(`two statements are named ${statement.name}`);
  defined.set(statement.name, statement as unknown as Statement<object>);
  return Object.freeze(statement);
}

/** All statements of the modules that are loaded. */
export function definedStatements(): readonly Statement<object>[] {
  return [...defined.values()];
}

const unprepared = new WeakSet<Sequelize>();

/** From now on this pool sends statements without their names: for a connection pooler that cannot keep them. */
export function withoutPreparedStatements(sequelize: Sequelize): void {
  unprepared.add(sequelize);
}

export interface StatementResult<Row> {
  rows: Row[];
  /** Rows that were read or written. */
  rowCount: number;
}

/**
 * Runs a statement on Sequelize's pool, or in a transaction, without Sequelize's own work on text and rows. Throws what
 * `sequelize.query` throws.
 */
export async function execute<Row extends object, Values extends readonly unknown[]>(
  on: Sequelize | Transaction,
  statement: Statement<Row, Values>,
  values: Values,
): Promise<StatementResult<Row>> {
  if (on instanceof Transaction) {
    const { connection, finished, sequelize } = on as unknown as OpenTransaction;
    // Sequelize leaves the connection there after the end, when somebody else may have it.
    if (!connection || finished) throw new Error('the transaction has ended');
    return send(sequelize, connection, statement, values);
  }
  const { connectionManager } = on as unknown as WithConnections;
  const connection = await connectionManager.getConnection({ type: 'write', useMaster: true });
  try {
    return await send(on, connection, statement, values);
  } finally {
    connectionManager.releaseConnection(connection);
  }
}

/** The first row; null when there is none. */
export async function executeForOne<Row extends object, Values extends readonly unknown[]>(
  on: Sequelize | Transaction,
  statement: Statement<Row, Values>,
  values: Values,
): Promise<Row | null> {
  return (await execute(on, statement, values)).rows[0] ?? null;
}

type Connection = Client & { _invalid?: boolean };

/** What Sequelize 6 has and its types do not name. */
interface WithConnections {
  connectionManager: {
    getConnection(options: { type: string; useMaster: boolean }): Promise<Connection>;
    releaseConnection(connection: Connection): void;
  };
  dialect: {
    Query: new (
      connection: Connection,
      sequelize: unknown,
      options: object,
    ) => { formatError(error: unknown, stack?: string): Error };
  };
}

interface OpenTransaction {
  connection?: Connection;
  finished?: string;
  sequelize: Sequelize;
}

async function send<Row extends object, Values extends readonly unknown[]>(
  sequelize: Sequelize,
  connection: Connection,
  { name, text, plannedEachTime = false }: Statement<Row, Values>,
  values: Values,
): Promise<StatementResult<Row>> {
  try {
    const { rows, rowCount } = await connection.query<Row>({
      name: plannedEachTime || unprepared.has(sequelize) ? undefined : name,
      text,
      values: values.map(withoutNul),
      types: rowTypes,
    });
    return { rows, rowCount: rowCount ?? 0 };
  } catch (error) {
    // The pool drops such a connection instead of handing it out again.
    if (error instanceof Error && (error.message === 'Query read timeout' || codeOf(error) === 'ECONNRESET')) {
      connection._invalid = true;
    }
    const { Query } = (sequelize as unknown as WithConnections).dialect;
    throw new Query(connection, sequelize, {}).formatError(error, new Error(`statement ${name}`).stack);
  }
}

/** The OID of timestamptz, as pg_type has it. */
const timestamptz = 1184;

/** pg's own parsers, but for times: every session is in UTC, which the ISO parser of the engine reads much faster. */
const rowTypes = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const parse = pg.types.getTypeParser(oid, format);
    return oid === timestamptz && format !== 'binary' ? (text: string) => parseUtc(text) ?? parse(text) : parse;
  },
};

/** `2026-11-22 18:16:00.12+00`; null for another form, such as a year before Christ. */
function parseUtc(text: string): Date | null {
  if (text.length > 29 || !text.endsWith('+00') || text[10] !== ' ') return null;
  const date = new Date(`${text.slice(0, 10)}T${text.slice(11, -3)}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** PostgreSQL's text cannot hold a NUL; Sequelize sends it as a backslash and a zero too. */
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\\0') : value;
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}
