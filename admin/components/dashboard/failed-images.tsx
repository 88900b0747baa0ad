import { useNotice } from 'adminjs';
import React, { useState } from 'react';
import { Link } from 'react-router-dom';
import type { FailedImage } from '../../dashboard/failed-images.ts';
import { callAction, noAnswer } from '../base/call-action.ts';
import { formatMoment } from '../base/format.ts';
import { inPanel } from '../base/panel-path.ts';
import { say } from '../base/say.ts';

interface FailedImagesProps {
  images: FailedImage[];
  total: number;
  mayRetry: boolean;
  onRetried(): void;
}

/** The newest images without thumbnails, why, and the button that tries once more. */
export function FailedImages({ images, total, mayRetry, onRetried }: FailedImagesProps) {
  const [busy, setBusy] = useState<string>();
  const addNotice = useNotice();
  const retry = async (id: string) => {
    setBusy(id);
    const answer = await callAction({ resourceId: 'images', recordId: id, actionName: 'retry' }).catch(() => undefined);
    setBusy(undefined);
    addNotice(answer?.notice ?? noAnswer.notice);
    onRetried();
  };
  return (
    <section className="dr-pane" aria-labelledby="dr-failed">
      <h2 id="dr-failed">{say('Images without thumbnails')}</h2>
      <ul className="dr-rows">
        {images.map(({ id, name, owner, why, at }) => (
          <li key={id}>
            <span>
              <Link className="dr-link" to={inPanel(`/resources/images/records/${id}/show`)}>
                {name}
              </Link>
              <span className="dr-small">
                {owner} · <time dateTime={at}>{formatMoment(at)}</time> · {say(why)}
              </span>
            </span>
            {mayRetry ? (
              <button
                type="button"
                className="dr-button"
                disabled={busy !== undefined}
                aria-label={say('Try {{name}} again', { name })}
                onClick={() => retry(id)}
              >
                {say('Try again')}
              </button>
            ) : null}
          </li>
        ))}
      </ul>
      <Link className="dr-link" to={inPanel('/resources/images?filters.status=failed')}>
        {say.count(total, { one: 'Look at {{count}} that failed', other: 'Look at all {{count}} that failed' })}
      </Link>
    </section>
  );
}
