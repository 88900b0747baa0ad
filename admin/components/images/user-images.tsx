import './images.css';
import { Icon } from '@adminjs/design-system';
import type { ActionProps } from 'adminjs';
import React, { useEffect, useState } from 'react';
import { Link } from 'react-router-dom';
import type { UserImages as Images } from '../../images/user-images-section.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';
import { useSection } from '../sections/use-section.ts';
import { UploadZone } from './upload-zone.tsx';

/** Thumbnails of what has just arrived come within seconds: it is looked for a few times. */
const roundMilliseconds = 3_000;
const mostRounds = 5;

/** A user's newest images, and where more of them are dropped. */
export function UserImages(props: ActionProps) {
  const { section, reload } = useSection<Images>(props);
  const { record } = props;
  const [rounds, setRounds] = useState(0);
  const isWaiting = section?.images.some(({ status }) => status === 'processing') === true && rounds < mostRounds;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one look after the other
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => {
      setRounds(rounds + 1);
      reload();
    }, roundMilliseconds);
    return () => clearTimeout(timer);
  }, [isWaiting, rounds]);
  if (!section || !record) return null;
  const { images, total, canUpload } = section;
  const arrived = () => {
    setRounds(0);
    reload();
  };
  return (
    <section className="dr-section" aria-label={say('Images')}>
      <h2>{say('Images')}</h2>
      {total === 0 ? <p className="dr-nothing">{say('This user has no images.')}</p> : null}
      <ul className="dr-tiles">
        {images.map(({ id, name, status, previewUrl }) => (
          <li key={id}>
            <Link to={inPanel(`/resources/images/records/${id}/show`)}>
              {previewUrl ? (
                <img src={previewUrl} alt="" loading="lazy" decoding="async" />
              ) : (
                <span className="dr-tile-none">
                  <Icon icon={status === 'failed' ? 'AlertTriangle' : 'Clock'} size={20} />
                </span>
              )}
              <span className="dr-tile-name">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
      {total > 0 ? (
        <Link className="dr-link" to={inPanel(`/resources/images?filters.ownerId=${record.id}`)}>
          {say.count(total, { one: 'All {{count}} image', other: 'All {{count}} images' })}
        </Link>
      ) : null}
      {canUpload ? <UploadZone ownerId={record.id} ownerName={record.title} onDone={arrived} /> : null}
    </section>
  );
}
