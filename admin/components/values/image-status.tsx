import React from 'react';
import { readList, readParam } from '../base/read-param.ts';
import { said, say } from '../base/say.ts';
import { Chip, type ValueProps } from './value-frame.tsx';

const tones = { ready: 'good', live: 'good', failed: 'bad', revoked: 'bad', processing: 'busy' } as const;

/** A state as a chip, with the reason of a failure. */
export function ImageStatus({ property, record, where }: ValueProps) {
  const status = String(readParam(record, property.path) ?? '');
  const words = property.custom.words as Record<string, string> | undefined;
  const failure = readParam(record, 'failureMessage');
  const isDamaged = readList<string>(record, 'warnings').includes('damaged');
  return (
    <span className="dr-status">
      <Chip tone={tones[status as keyof typeof tones] ?? 'plain'}>{said(words?.[status]) ?? status}</Chip>
      {where === 'show' && typeof failure === 'string' && failure !== '' ? (
        <span className="dr-failure">
          {failure} <code className="dr-mono">{String(readParam(record, 'failureCode') ?? '')}</code>
        </span>
      ) : null}
      {where === 'show' && isDamaged ? (
        <span className="dr-failure">{say('The file is damaged: the thumbnails show what can be read of it.')}</span>
      ) : null}
    </span>
  );
}
