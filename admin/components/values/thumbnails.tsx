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
  url: string;
}

export function Thumbnails({ record, property }: ValueProps) {
  const thumbnails = readList<Thumbnail>(record, property.path);
  if (thumbnails.length === 0) return <Nothing word={say('none yet')} />;
  return (
    <ul className="dr-thumbnails">
      {thumbnails.map(({ tierHeight, width, height, bytes, contentType, url }) => (
        <li key={`${tierHeight} ${contentType}`}>
          <a href={url} target="_blank" rel="noreferrer">
            <img src={url} alt={say('{{height}} pixels high', { height: tierHeight })} loading="lazy" />
          </a>
          <span>
            <strong>{tierHeight} px</strong> · {width} × {height} · {formatBytes(bytes)} ·{' '}
            {contentType.replace('image/', '')}
          </span>
        </li>
      ))}
    </ul>
  );
}
