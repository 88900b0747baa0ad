import type { ActionProps } from 'adminjs';
import React from 'react';
import { RelatedSection } from './related-section.tsx';
import { useRelated } from './use-related.ts';

/** What belongs to a record: read, changed and deleted on its page, as far as the person may. */
export function InlineRecords(props: ActionProps) {
  const related = useRelated(props);
  if (!related || !props.record) return null;
  return <RelatedSection parent={props.record} related={related} />;
}
