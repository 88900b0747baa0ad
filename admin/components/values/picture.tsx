import { Icon } from '@adminjs/design-system';
import React, { useState } from 'react';
import { formatBytes } from '../base/format.ts';
import { readList, readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';
import type { ValueProps } from './value-frame.tsx';

interface Thumbnail {
  url: string;
  width: number;
  height: number;
}

/** An original of this size is shown at once; a larger one when somebody asks. */
const shownAtOnceBytes = 5 * 1024 * 1024;
/** What browsers show; of these the original is a picture as large as it gets. */
const shownTypes = ['image/jpeg', 'image/png', 'image/webp', 'image/gif', 'image/avif'];

/** The picture, as large as the page: the original where a browser can show it, else the largest thumbnail. */
export function Picture({ record }: ValueProps) {
  const largest = readList<Thumbnail>(record, 'thumbnails').at(-1);
  const original = readParam(record, 'originalUrl');
  const bytes = Number(readParam(record, 'bytes') ?? 0);
  const isBroken = readParam(record, 'status') === 'failed';
  const canShow =
    typeof original === 'string' && shownTypes.includes(String(readParam(record, 'contentType'))) && !isBroken;
  const [isAsked, setAsked] = useState(bytes <= shownAtOnceBytes);
  const source = canShow && isAsked ? original : largest?.url;
  return (
    <figure className="dr-picture">
      {source ? (
        <img
          src={source}
          alt={record.title}
          width={Number(readParam(record, 'width')) || undefined}
          height={Number(readParam(record, 'height')) || undefined}
        />
      ) : (
        <span className="dr-picture-none">
          <Icon icon="Image" size={32} /> {isBroken ? say('No thumbnail could be made') : say('No thumbnail yet')}
        </span>
      )}
      <figcaption>
        {canShow && !isAsked ? (
          <button type="button" className="dr-button" onClick={() => setAsked(true)}>
            {say('Show the original ({{size}})', { size: formatBytes(bytes) })}
          </button>
        ) : null}
        {typeof original === 'string' ? (
          <a className="dr-link" href={original} rel="noreferrer">
            {say('Download the original')}
          </a>
        ) : null}
      </figcaption>
    </figure>
  );
}
