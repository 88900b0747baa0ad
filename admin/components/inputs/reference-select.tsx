import { ApiClient, type RecordJSON } from 'adminjs';
import React, { useEffect, useState } from 'react';
import { say } from '../base/say.ts';
import { type InputProps, inputAttributes } from './input-props.ts';

const asked = new Map<string, Promise<RecordJSON[]>>();

/** Many selects of one page ask once. */
function optionsOf(resourceId: string): Promise<RecordJSON[]> {
  const before = asked.get(resourceId);
  if (before) return before;
  const answer = new ApiClient()
    .searchRecords({ resourceId, query: '' })
    .finally(() => setTimeout(() => asked.delete(resourceId), 1_000));
  asked.set(resourceId, answer);
  return answer;
}

/** One of another resource's records; a new record starts with the one that is the default. */
export function ReferenceSelect(props: InputProps) {
  const { property, record, value, onChange } = props;
  const [options, setOptions] = useState<RecordJSON[]>([]);
  const resourceId = property.reference ?? '';

  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each resource; the value is chosen only at first
  useEffect(() => {
    let isHere = true;
    optionsOf(resourceId)
      .then((found) => {
        if (!isHere) return;
        setOptions(found);
        const usual = found.find((option) => option.params.isDefault === true);
        if (!value && usual) onChange(usual.id);
      })
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, [resourceId]);

  const current = record?.populated[property.propertyPath];
  const shown = current && !options.some((option) => option.id === current.id) ? [current, ...options] : options;
  return (
    <select
      className="dr-input dr-select"
      {...inputAttributes(props)}
      name={property.propertyPath}
      required={property.isRequired}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => onChange(event.target.value)}
    >
      {value ? null : <option value="">{say('Choose…')}</option>}
      {shown.map((option) => (
        <option key={option.id} value={option.id}>
          {option.title}
        </option>
      ))}
    </select>
  );
}
