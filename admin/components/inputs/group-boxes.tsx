import React from 'react';
import { say } from '../base/say.ts';
import { useGroups } from '../base/use-groups.ts';
import type { InputProps } from './input-props.ts';

export function GroupBoxes({ id, value, onChange }: InputProps) {
  const groups = useGroups();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  if (groups.length === 0) return <p className="dr-help">{say('There are no groups to choose from.')}</p>;
  return (
    <span className="dr-boxes" id={id}>
      {groups.map((group) => (
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
  );
}
