import { ApiClient, type RecordJSON, type ResourceJSON } from 'adminjs';
import React, { useEffect, useState } from 'react';
import type { TierImpact } from '../../tiers/tier-impact.ts';
import type { Values } from '../actions/form-state.ts';
import { readParam } from '../base/read-param.ts';
import { say } from '../base/say.ts';

interface Props {
  resource: ResourceJSON;
  record: RecordJSON;
  values: Values;
}

/** In the form of a tier, before it is saved: what the change means for the images that are there. */
export function TierPreview({ resource, record, values }: Props) {
  const [impact, setImpact] = useState<TierImpact>();
  useEffect(() => {
    let isHere = true;
    new ApiClient()
      .recordAction({ resourceId: resource.id, recordId: record.id, actionName: 'impact' })
      .then(({ data }) => isHere && setImpact((data as unknown as { section?: TierImpact }).section))
      .catch(() => {});
    return () => {
      isHere = false;
    };
  }, [resource.id, record.id]);
  const lines = impact ? meaningOf(impact, record, values) : [];
  if (lines.length === 0) return null;
  return (
    <div className="dr-meaning" role="status">
      <p>{say('When you save this:')}</p>
      <ul className="dr-related">
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </div>
  );
}

function meaningOf({ images, made, accounts }: TierImpact, record: RecordJSON, values: Values): string[] {
  const format = String(values.thumbnailFormat ?? '');
  const heights = heightsIn(values.thumbnailHeights);
  const before = heightsIn(readParam(record, 'thumbnailHeights'));
  const isOtherFormat = format !== readParam(record, 'thumbnailFormat');
  const gained = heights
    .filter((height) => isOtherFormat || !before.includes(height))
    .map((height) => ({
      height,
      count: images - (made.find((one) => one.height === height && one.format === format)?.images ?? 0),
    }))
    .filter(({ count }) => count > 0)
    .map(({ height, count }) =>
      say.count(
        count,
        {
          one: '{{count}} image gets a new {{height}} px thumbnail.',
          other: '{{count}} images get a new {{height}} px thumbnail.',
        },
        { height },
      ),
    );
  const lost = before
    .filter((height) => !heights.includes(height) && images > 0)
    .map((height) =>
      say.count(
        images,
        {
          one: 'The {{height}} px thumbnail is not shown any more, at {{count}} image.',
          other: 'The {{height}} px thumbnail is not shown any more, at {{count}} images.',
        },
        { height },
      ),
    );
  const linksEnd = values.expiringLink === false && readParam(record, 'expiringLink') === true && accounts > 0;
  return [...gained, ...lost, ...(linksEnd ? [say('Expiring links of its users open nothing while it is so.')] : [])];
}

function heightsIn(value: unknown): number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
