import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AppError } from '../../../core/errors.ts';
import { unguardFormula } from '../../../core/spreadsheet-text.ts';

export const importColumns = ['username', 'email', 'tier', 'password', 'active'] as const;
export type ImportColumn = (typeof importColumns)[number];

/** What an export of users has beside those and an import does not set. Its `id` tells such a file from another. */
const exportedAlone = [
  ...['id', 'tierid', 'usedbytes', 'datejoined', 'lastlogin', 'version', 'imagecount', 'linkcount', 'quotabytes'],
  'haspassword',
];
/** Of an export, what would give rights. */
const rights = ['isstaff', 'issuperuser', 'groupids', 'permissions'];

/** Null is passed over. */
type FileColumn = ImportColumn | 'rights' | null;

export const maxImportBytes = 5 * 1024 * 1024;
export const maxImportRows = 10_000;
const maxRowBytes = 16 * 1024;

export interface UserLine {
  /** Where it ends in the file, from 1. */
  line: number;
  /** Empty cells are absent; only a password keeps the spaces around it. */
  cells: Partial<Record<ImportColumn, string>>;
  /** The row has more or fewer cells than the first one. */
  isUneven: boolean;
  /** It asks for rights, which no import gives. */
  hasRights: boolean;
}

/**
 * The users of a CSV file (RFC 4180; also as spreadsheets write it: semicolons or tabs, `sep=;` before the first row,
 * empty columns at the end, a byte order mark), row by row. The first row names the columns: ours, or those of an export
 * of users. `invalid_request` for what is no such file, `too_large` for too many rows.
 */
export async function* readUserFile(bytes: Buffer): AsyncGenerator<UserLine> {
  const { text, delimiter, skippedLines } = withoutSeparatorLine(decode(bytes));
  const parser = Readable.from([text], { objectMode: false }).pipe(
    parse({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      max_record_size: maxRowBytes,
    }),
  );
  let columns: FileColumn[] | undefined;
  let rows = 0;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      if (columns === undefined) {
        columns = columnsIn(record);
        continue;
      }
      rows += 1;
      if (rows > maxImportRows) throw tooManyRows();
      const isUneven = withoutEmptyEnd(record, columns.length).length !== columns.length;
      yield {
        line: info.lines + skippedLines,
        cells: cellsOf(record, columns),
        isUneven,
        hasRights: hasRights(record, columns),
      };
    }
  } catch (error) {
    throw error instanceof CsvError ? unreadable(error) : error;
  }
  if (rows === 0) throw new AppError('invalid_request', 'There is no user in the file: give one row for each.');
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new AppError('invalid_request', 'The file is not UTF-8. Save it as "CSV UTF-8".', { cause });
  }
}

interface Separated {
  text: string;
  delimiter: string;
  skippedLines: number;
}

/** A first line `sep=;` says it, to Excel and to us. */
function withoutSeparatorLine(text: string): Separated {
  const [line, delimiter] = /^"?sep=([;,\t|])"?[;,]*(?:\r\n|\n|\r)/i.exec(text) ?? [];
  if (line === undefined || delimiter === undefined) return { text, delimiter: delimiterOf(text), skippedLines: 0 };
  return { text: text.slice(line.length), delimiter, skippedLines: 1 };
}

/** No column's name holds one of these, so the first row tells which it is. */
function delimiterOf(text: string): string {
  const [first = ''] = text.slice(0, maxRowBytes).split(/[\r\n]/, 1);
  return [';', '\t'].find((character) => first.includes(character)) ?? ',';
}

function columnsIn(record: string[]): FileColumn[] {
  const all = withoutEmptyEnd(record, 0).map((name) => name.trim().toLowerCase());
  const isExport = all.includes('id');
  const names = isExport ? all.map((name) => (name === 'isactive' ? 'active' : name)) : all;
  const isPassedOver = (name: string) => isExport && exportedAlone.includes(name);
  const givesRights = (name: string) => isExport && rights.includes(name);
  const unknown = names.find((name) => !isColumn(name) && !isPassedOver(name) && !givesRights(name));
  if (unknown !== undefined) {
    const known = importColumns.join(', ');
    throw new AppError(
      'invalid_request',
      `The first row names the columns: ${known}. "${unknown.slice(0, 40)}" is none of them.`,
    );
  }
  if (new Set(names).size !== names.length) throw new AppError('invalid_request', 'A column is there twice.');
  if (!names.includes('username')) throw new AppError('invalid_request', 'The column username is missing.');
  return names.map((name) => (isColumn(name) ? name : givesRights(name) ? 'rights' : null));
}

function isColumn(name: string): name is ImportColumn {
  return (importColumns as readonly string[]).includes(name);
}

/** Spreadsheets add empty columns at the end. */
function withoutEmptyEnd(record: string[], leastCells: number): string[] {
  let end = record.length;
  while (end > leastCells && (record[end - 1] ?? '').trim() === '') end -= 1;
  return record.slice(0, end);
}

function hasRights(record: string[], columns: FileColumn[]): boolean {
  return columns.some((column, index) => {
    const cell = (record[index] ?? '').trim().toLowerCase();
    return column === 'rights' && cell !== '' && flags.get(cell) !== false;
  });
}

function cellsOf(record: string[], columns: FileColumn[]): UserLine['cells'] {
  const cells: UserLine['cells'] = {};
  columns.forEach((column, index) => {
    if (column === null || column === 'rights') return;
    const given = record[index] ?? '';
    const value = column === 'password' ? given : unguardFormula(given.trim());
    if (value !== '') cells[column] = value;
  });
  return cells;
}

/** As people write them, and as a spreadsheet in each language of the panel does. */
export const flags: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'true', '1', 'ja', 'wahr', 'tak', 'prawda'].map((word) => [word, true] as const),
  ...['no', 'false', '0', 'nein', 'falsch', 'nie', 'fałsz'].map((word) => [word, false] as const),
]);

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
