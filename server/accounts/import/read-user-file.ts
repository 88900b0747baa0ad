import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../../../core/errors.ts';

export const importColumns = ['username', 'email', 'tier', 'password', 'active'] as const;
export type ImportColumn = (typeof importColumns)[number];

export const maxImportBytes = 2 * 1024 * 1024;
export const maxImportRows = 10_000;
const maxRowBytes = 16 * 1024;

export interface UserLine {
  /** Where it ends in the file, from 1. */
  line: number;
  /** Empty cells are absent; only a password keeps the spaces around it. */
  cells: Partial<Record<ImportColumn, string>>;
  /** The row has more or fewer cells than the first one. */
  isUneven: boolean;
}

/**
 * The users of a CSV file (RFC 4180; also with semicolons or tabs, as spreadsheets write it), row by row. The first row
 * names the columns. `invalid_request` for what is no such file, `too_large` for too many rows.
 */
export async function* readUserFile(bytes: Buffer): AsyncGenerator<UserLine> {
  const text = decode(bytes);
  const parser = Readable.from([text], { objectMode: false }).pipe(
    parse({
      bom: true,
      delimiter: delimiterOf(text),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: maxRowBytes,
    }),
  );
  let columns: ImportColumn[] | undefined;
  let rows = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (columns === undefined) {
        columns = columnsIn(record);
        continue;
      }
      rows += 1;
      if (rows > maxImportRows) throw tooManyRows();
      yield { line: info.lines, cells: cellsOf(record, columns), isUneven: record.length !== columns.length };
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
  if (rows === 0) throw new AppError('invalid_request', 'There is no user in the file: give one row for each.');
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_request', 'The file is not UTF-8. Save it as "CSV UTF-8".', { cause });
  }
}

/** No column's name holds one of these, so the first row tells which it is. */
function delimiterOf(text: string): string {
  const [first = ''] = text.slice(0, maxRowBytes).split(/[\r\n]/, 1);
  return [';', '\t'].find((character) => first.includes(character)) ?? ',';
}

function columnsIn(record: string[]): ImportColumn[] {
  const names = record.map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !isColumn(name));
  if (unknown !== undefined) {
    const known = importColumns.join(', ');
    throw new AppError(
      'invalid_request',
      `The first row names the columns: ${known}. "${unknown.slice(0, 40)}" is none of them.`,
    );
  }
  if (new Set(names).size !== names.length) throw new AppError('invalid_request', 'A column is there twice.');
  if (!names.includes('username')) throw new AppError('invalid_request', 'The column username is missing.');
  return names.filter(isColumn);
}

function isColumn(name: string): name is ImportColumn {
  return (importColumns as readonly string[]).includes(name);
}

function cellsOf(record: string[], columns: ImportColumn[]): UserLine['cells'] {
  const cells: UserLine['cells'] = {};
  columns.forEach((column, index) => {
    const given = record[index] ?? '';
    const value = column === 'password' ? given : given.trim();
    if (value !== '') cells[column] = value;
  });
  return cells;
}

function tooManyRows(): AppError {
  const most = maxImportRows.toLocaleString('en-US');
  return new AppError('too_large', `The file has more than ${most} users. Divide it into several.`);
}

/** The parser's own message holds parts of the file: a password must not stand in one. */
function unreadable(cause: CsvError): AppError {
  const at = typeof cause.lines === 'number' ? ` near line ${cause.lines}` : '';
  const detail =
    cause.code === 'CSV_MAX_RECORD_SIZE'
      ? `A row is too long${at}. Is there a quotation mark that nothing closes?`
      : `The file cannot be read${at}: look for a quotation mark that is not closed, or not doubled inside a cell.`;
  return new AppError('invalid_request', detail);
}
