import { useResource } from 'adminjs';
import React from 'react';
import { say } from '../base/say.ts';
import { useGroups } from '../base/use-groups.ts';
import type { InputProps } from './input-props.ts';
import { TwoBoxes } from './two-boxes.tsx';

/** The groups of a user: those there are beside those that the user is in. Only told, to who may not see the groups. */
export function GroupBoxes({ id, value, onChange, describedBy }: InputProps) {
  const groups = useGroups();
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const mayRead = useResource('groups')?.resourceActions.some(({ name }) => name === 'list') === true;
  if (!mayRead) {
    return (
      <p className="dr-help">
        {say.count(chosen.length, {
          one: 'In {{count}} group. You may not see the groups.',
          other: 'In {{count}} groups. You may not see the groups.',
        })}
      </p>
    );
  }
  if (groups.length === 0) return <p className="dr-help">{say('There are no groups to choose from.')}</p>;
  return <TwoBoxes id={id} choices={groups} chosen={chosen} onChange={onChange} describedBy={describedBy} />;
}
