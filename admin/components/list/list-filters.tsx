import { Icon } from '@adminjs/design-system';
import { type ResourceJSON, useTranslation } from 'adminjs';
import React from 'react';
import { useSearchParams } from 'react-router-dom';

/** The filters in force, each with a way to take it away. */
export function ListFilters({ resource }: { resource: ResourceJSON }) {
  const [params, setParams] = useSearchParams();
  const { translateProperty } = useTranslation();
  const active = [...params.entries()].filter(([key, value]) => key.startsWith('filters.') && value !== '');
  if (active.length === 0) return null;

  const remove = (key: string) => {
    const changed = new URLSearchParams(params);
    changed.delete(key);
    changed.delete('page');
    setParams(changed);
  };
  return (
    <div className="dr-chips dr-active-filters">
      {active.map(([key, value]) => {
        const [, name = '', part] = key.split(/\.|~~/);
        const label = `${translateProperty(name, resource.id)}${part ? ` ${part}` : ''}: ${shorten(value)}`;
        return (
          <span key={key} className="dr-chip dr-chip-plain">
            {label}
            <button type="button" aria-label={`Without ${label}`} onClick={() => remove(key)}>
              <Icon icon="X" size={12} />
            </button>
          </span>
        );
      })}
    </div>
  );
}

function shorten(value: string): string {
  return value.length > 24 ? `${value.slice(0, 10)}…` : value;
}
