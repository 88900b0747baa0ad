import React, { useState } from 'react';
import { say } from '../base/say.ts';
import { useGroups } from '../base/use-groups.ts';
import { FilterField, hasWords } from './filter-field.tsx';
import type { InputProps } from './input-props.ts';

const fewEnough = 8;

/** The groups as boxes; many of them can be narrowed by typing, and what is chosen stays in view. */
export function GroupBoxes({ id, value, onChange, describedBy }: InputProps) {
  const groups = useGroups();
  const [typed, setTyped] = useState('');
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  if (groups.length === 0) return <p className="dr-help">{say('There are no groups to choose from.')}</p>;
  const shown = groups.filter((group) => chosen.includes(group.id) || hasWords(group.title, typed));
  return (
    // biome-ignore lint/a11y/useSemanticElements: the field around it has the label, which a legend would say twice
    <div className="dr-checklist" id={id} role="group" aria-labelledby={`${id}-label`} aria-describedby={describedBy}>
      {groups.length > fewEnough ? (
        <FilterField label={say('Narrow the groups')} value={typed} onChange={setTyped} />
      ) : null}
      <span className="dr-boxes">
        {shown.map((group) => (
          <label key={group.id}>
            <input
              type="checkbox"
              checked={chosen.includes(group.id)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, group.id] : chosen.filter((other) => other !== group.id))
              }
            />
            {group.title}
          </label>
        ))}
      </span>
    </div>
  );
}
