import { Icon } from '@adminjs/design-system';
import React from 'react';
import { readParam } from '../base/read-param.ts';
import type { ValueProps } from './value-frame.tsx';

/** A small picture in a list; what is not made yet, or cannot be, shows as a sign. */
export function Preview({ record }: ValueProps) {
  const url = readParam(record, 'previewUrl');
  const failed = readParam(record, 'status') === 'failed';
  return (
    <span className="dr-preview">
      {typeof url === 'string' ? (
        <img src={url} alt="" loading="lazy" decoding="async" />
      ) : (
        <Icon icon={failed ? 'AlertTriangle' : 'Clock'} size={18} />
      )}
    </span>
  );
}
