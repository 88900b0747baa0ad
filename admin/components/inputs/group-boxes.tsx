import { useResource } from 'adminjs';
import React from 'react';
import { limitsOf } from '../base/limits.ts';
import { say } from '../base/say.ts';
import { useGroups } from '../base/use-groups.ts';
import type { InputProps } from './input-props.ts';
import { TwoBoxes } from './two-boxes.tsx';

/**
 * The groups of a user: those there are beside those that the user is in. Only told, to who may not see the groups. One
 * with permissions that they do not have stays where it is; out of a form for a new record it can be taken.
 */
export function GroupBoxes({ id, record, value, onChange, describedBy }: InputProps) {
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
  const choices = groups.map((group) => ({
    id: group.id,
    title: group.title,
    isFixed: limitsOf(group).isBeyond === true && (record !== undefined || !chosen.includes(group.id)),
  }));
  return (
    <>
      <TwoBoxes id={id} choices={choices} chosen={chosen} onChange={onChange} describedBy={describedBy} />
      {choices.some(({ isFixed }) => isFixed) ? (
        <p className="dr-help">
          {say('Groups with permissions that you do not have are greyed out: only a superuser may change them.')}
        </p>
      ) : null}
    </>
  );
}
