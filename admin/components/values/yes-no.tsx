import { Icon } from '@adminjs/design-system';
import React from 'react';
import { readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import type { ValueProps } from './value-frame.tsx';

export function YesNo({ property, record }: ValueProps) {
  const yes = readParam(record, property.path) === true;
  return (
    <span className={yes ? 'dr-yes' : 'dr-no'}>
      <Icon icon={yes ? 'Check' : 'Minus'} size={16} />
      <span className="dr-hidden">{yes ? say('yes') : say('no')}</span>
    </span>
  );
}
