import React from 'react';
import { formatBytes } from '../base/format.ts';
import { readList } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import { Nothing, type ValueProps } from './value-frame.tsx';

interface Thumbnail {
  tierHeight: number;
  width: number;
  height: number;
  bytes: number;
  contentType: string;
  isInTier: boolean;
  url: string;
}

/** Every thumbnail that is made, and which ones are still to come. */
export function Thumbnails({ record, property }: ValueProps) {
  const thumbnails = readList<Thumbnail>(record, property.path);
  const pending = readList<number>(record, 'pendingHeights');
  if (thumbnails.length === 0 && pending.length === 0) return <Nothing word={say('none')} />;
  return (
    <>
      <ul className="dr-thumbnails">
        {thumbnails.map(({ tierHeight, width, height, bytes, contentType, isInTier, url }) => (
          <li key={`${tierHeight} ${contentType}`}>
            <a href={url} target="_blank" rel="noreferrer">
              <img src={url} alt={say('{{height}} pixels high', { height: tierHeight })} loading="lazy" />
            </a>
            <span>
              <strong>{tierHeight} px</strong> · {width} × {height} · {formatBytes(bytes)} ·{' '}
              {contentType.replace('image/', '')}
            </span>
            {isInTier ? null : <span className="dr-help">{say('not in the owner’s tier now')}</span>}
          </li>
        ))}
      </ul>
      {pending.length > 0 ? (
        <p className="dr-help">{say('Still to be made: {{heights}} px', { heights: pending.join(', ') })}</p>
      ) : null}
    </>
  );
}
