import './images.css';
import type { ActionProps } from 'adminjs';
import React, { useEffect, useState } from 'react';
import type { UserImages as Images } from '../../images/user-images-section.ts';
import { RelatedSection } from '../sections/related-section.tsx';
import { useRelated } from '../sections/use-related.ts';
import { useSection } from '../sections/use-section.ts';
import { UploadZone } from './upload-zone.tsx';

/** Thumbnails of what has just arrived come within seconds: it is looked for a few times. */
const roundMilliseconds = 3_000;
const mostRounds = 5;

/** A user's newest images, and where more of them are dropped. */
export function UserImages(props: ActionProps) {
  const { section } = useSection<Images>(props);
  const related = useRelated(props);
  const { record } = props;
  const [rounds, setRounds] = useState(0);
  const isWaiting = related?.records.some(({ params }) => params.status === 'processing') && rounds < mostRounds;
  // biome-ignore lint/correctness/useExhaustiveDependencies: one look after the other
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => {
      setRounds(rounds + 1);
      void related?.reload();
    }, roundMilliseconds);
    return () => clearTimeout(timer);
  }, [isWaiting, rounds]);
  if (!section || !related || !record) return null;
  const arrived = () => {
    setRounds(0);
    void related.reload();
  };
  return (
    <RelatedSection parent={record} related={related}>
      {section.canUpload ? <UploadZone ownerId={record.id} ownerName={record.title} onDone={arrived} /> : null}
    </RelatedSection>
  );
}
