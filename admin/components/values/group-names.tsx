import React from 'react';
import { readList } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import { useGroups } from '../base/use-groups.ts';
import { Chip, Nothing, type ValueProps } from './value-frame.tsx';

export function GroupNames({ record, property }: ValueProps) {
  const ids = readList<string>(record, property.path);
  const groups = useGroups();
  if (ids.length === 0) return <Nothing word={say('none')} />;
  return (
    <span className="dr-chips">
      {ids.map((id) => (
        <Chip key={id}>{groups.find((group) => group.id === id)?.title ?? '…'}</Chip>
      ))}
    </span>
  );
}
