import { byteOrderMark, guardFormula } from '../../core/spreadsheet-text.ts';
import type { Row } from '../adapter/panel-definition.ts';

/** How records are written one after the other. */
export interface ExportFormat {
  type: string;
  head(columns: string[]): string;
  row(values: Row, columns: string[], isFirst: boolean): string;
  tail: string;
}

export const exportFormats: Record<'csv' | 'json', ExportFormat> = {
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    head: (columns) => byteOrderMark + csvLine(columns),
    row: (values, columns) => csvLine(columns.map((name) => values[name])),
    tail: '',
  },
  json: {
    type: 'application/json; charset=utf-8',
    head: () => '[',
    row: (values, columns, isFirst) => {
      const picked = Object.fromEntries(columns.map((name) => [name, values[name] ?? null]));
      return `${isFirst ? '\n' : ',\n'}${JSON.stringify(picked)}`;
    },
    tail: '\n]\n',
  },
};

/** A line of RFC 4180. */
export function csvLine(values: unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

/** One cell in quotes; no text in it is a formula. */
function csvCell(value: unknown): string {
  const text = inText(value);
  const isText = typeof value !== 'number' && typeof value !== 'bigint';
  const safe = isText ? guardFormula(text) : text;
  return `"${safe.replaceAll('"', '""')}"`;
}

function inText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.every(isPlain) ? value.join(' ') : JSON.stringify(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object';
}
