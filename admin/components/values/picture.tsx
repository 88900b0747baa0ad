import { Icon } from '@adminjs/design-system';
import React from 'react';
import { readList, readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import type { ValueProps } from './value-frame.tsx';

interface Thumbnail {
  url: string;
  width: number;
  height: number;
}

/** The largest thumbnail of an image, and the way to the original. */
export function Picture({ record }: ValueProps) {
  const largest = readList<Thumbnail>(record, 'thumbnails').at(-1);
  const original = readParam(record, 'originalUrl');
  return (
    <figure className="dr-picture">
      {largest ? (
        <img src={largest.url} alt={record.title} width={largest.width} height={largest.height} />
      ) : (
        <span className="dr-picture-none">
          <Icon icon="Image" size={32} /> {say('No thumbnail yet')}
        </span>
      )}
      {typeof original === 'string' ? (
        <figcaption>
          <a className="dr-link" href={original} rel="noreferrer">
            {say('Download the original')}
          </a>
        </figcaption>
      ) : null}
    </figure>
  );
}
