import React from 'react';
import { readList } from '../base/read-param.ts';
import { said, say } from '../base/say.ts';
import { Chip, Nothing, type ValueProps } from './value-frame.tsx';

interface PermissionInWords {
  permission: string;
  words: string;
}

export function PermissionWords({ record, property }: ValueProps) {
  const held = readList<string>(record, property.path);
  const known = (property.custom.permissions ?? []) as PermissionInWords[];
  if (held.length === 0) return <Nothing word={say('none')} />;
  return (
    <span className="dr-chips">
      {held.map((permission) => (
        <Chip key={permission}>{said(known.find((one) => one.permission === permission)?.words) ?? permission}</Chip>
      ))}
    </span>
  );
}
