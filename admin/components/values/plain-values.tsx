import React from 'react';
import { formatBytes, formatDuration } from '../base/format.ts';
import { readParam } from '../base/read-param.ts';
import { said, say } from '../base/say.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

function isNothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

export function TextOrDash({ property, record }: ValueProps) {
  const value = readParam(record, property.path);
  return isNothing(value) ? <Nothing word={said(property.custom.empty)} /> : <span>{breakable(String(value))}</span>;
}

/** An address may go on in the next line at its `@`. */
function breakable(text: string) {
  const [name, ...rest] = text.split('@');
  return rest.length === 0 ? (
    text
  ) : (
    <>
      {name}
      <wbr />@{rest.join('@')}
    </>
  );
}

export function MonoText({ property, record }: ValueProps) {
  const value = readParam(record, property.path);
  return isNothing(value) ? <Nothing /> : <code className="dr-mono">{String(value)}</code>;
}

export function Size({ property, record }: ValueProps) {
  const value = readParam(record, property.path);
  if (isNothing(value)) return <Nothing word={said(property.custom.empty)} />;
  return (
    <span className="dr-nowrap" title={say.count(Number(value), { one: '{{count}} byte', other: '{{count}} bytes' })}>
      {formatBytes(Number(value))}
    </span>
  );
}

export function Duration({ property, record }: ValueProps) {
  const value = readParam(record, property.path);
  return isNothing(value) ? (
    <Nothing />
  ) : (
    <span title={say.count(Number(value), { one: '{{count}} second', other: '{{count}} seconds' })}>
      {formatDuration(Number(value))}
    </span>
  );
}
